"""Commands of the bank."""
