"""Files in, documents out, journeys: what may be written, and the published rules of an electronic invoice."""
