"""Files in and documents out: none lost, none twice, and sums that agree."""
