"""English as read in Sweden: day before month, 24 hours."""
