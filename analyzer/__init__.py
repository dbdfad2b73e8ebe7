"""Session-note analyzer: evidence of eleven trust-building strategies in de-identified session notes."""
