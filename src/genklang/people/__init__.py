"""People: organisations, sign-in, roles, the persons a service is about, and the log of who looked."""
