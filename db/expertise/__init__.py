"""Expert work: who is called to examine what, and how evenly it falls on organisations."""
