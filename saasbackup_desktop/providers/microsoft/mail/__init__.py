"""Exchange mail."""
