"""The history of accounts: what came and went, day by day."""
