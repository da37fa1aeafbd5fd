"""Tests of expert work."""
