"""Exports: what leaves the vault as files, and what became of it."""
