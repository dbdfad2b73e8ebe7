"""A person's word on the program's tags."""
