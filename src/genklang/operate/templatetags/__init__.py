"""Template tags that operate gives to the pages of others."""
