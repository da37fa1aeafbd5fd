"""Diaries in the panel: lines with their sums."""
