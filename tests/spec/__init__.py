"""Specs: readable tables of what must hold, run on every engine and turned into the reference."""
