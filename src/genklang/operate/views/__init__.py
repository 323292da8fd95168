"""The pages of operate: staff's work, a person's case, my page, and the lead's adoptions. One service call each."""
