"""Bringing archives that other programs wrote into the vault."""
