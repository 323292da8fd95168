"""Documents made of what is known: invoices as electronic invoice and as tagged PDF, and a journey as a banner."""
