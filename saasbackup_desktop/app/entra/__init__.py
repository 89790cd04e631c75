"""A tenant's directory: what is kept of it, how two moments differ, and how picked things are brought back."""
