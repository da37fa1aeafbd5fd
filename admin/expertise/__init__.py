"""Expert work in the panel: the register, invitations, the letter."""
