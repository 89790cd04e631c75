"""The history of an account: a chart, its figures as a table, and a tile for each service."""
