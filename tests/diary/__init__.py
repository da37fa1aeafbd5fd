"""Tests of the diary: what it writes by itself and by hand."""
