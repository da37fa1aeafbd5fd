"""What a person is owed when they ask for a month of their diary."""

MONTH = "diary.month"
"""The kind of the receipt with the file."""
