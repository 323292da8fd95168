"""What pages show, shaped for their templates: read only, in the reader's language and the adoption's local time."""
