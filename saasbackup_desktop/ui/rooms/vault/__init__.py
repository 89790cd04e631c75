"""The vault's own page: how it is, its keys, what it keeps, and what it lets go."""
