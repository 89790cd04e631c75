"""Taking items out of the vault into files that other programs read."""
