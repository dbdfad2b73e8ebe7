"""A person's word on the program's tags: decisions, the note as reviewed, the queue, and what is learned from it."""
