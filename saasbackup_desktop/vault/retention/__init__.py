"""What stays and what goes: rules, holds, the trash, and the prune that empties it."""
