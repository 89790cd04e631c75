"""Proving that a vault is whole, and mending what is not."""
