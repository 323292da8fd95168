"""Kinds of change between two protocols, as a table."""
