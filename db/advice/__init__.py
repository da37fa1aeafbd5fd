"""What a centre recommends to people after a result, by whom they work as, by component and level."""
