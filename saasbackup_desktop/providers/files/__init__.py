"""Files of other programs: written from what the vault holds, and read into it."""
