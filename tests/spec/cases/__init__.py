"""Stories that ship with a practice: what is told wrongly, and what a wrong story answers."""
