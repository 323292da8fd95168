"""Forms: `answers` is made from a protocol's questions, `work` is the staff's, `lead` the lead's."""
