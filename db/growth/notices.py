"""What a person is owed when they ask for a paper."""

PAPER = "growth.paper"
"""The kind of the receipt with the file."""
