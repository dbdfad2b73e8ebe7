"""What a team's notes document, side by side: cells of clinician and strategy, what is behind them, and the gaps."""
