"""Loading a pack's sites."""
