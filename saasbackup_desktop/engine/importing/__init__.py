"""Imports: what archives hold is added to a stream of the vault."""
