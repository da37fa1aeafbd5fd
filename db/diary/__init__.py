"""The diary of those who help others: written by what happened, completed by hand."""
