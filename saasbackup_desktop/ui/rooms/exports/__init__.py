"""Exports and imports: what leaves the vault as files, what became of it, and what comes in from files."""
