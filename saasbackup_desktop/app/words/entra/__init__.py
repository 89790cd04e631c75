"""A directory in words: kinds, attributes, differences, plans, and how its backup stands."""
