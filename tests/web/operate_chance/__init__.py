"""Events that pass between enrolments, and places that there are too few of, in the database."""
