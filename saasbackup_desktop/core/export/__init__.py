"""Taking what the vault holds out of it: what can be asked for, what it consists of, and who takes part."""
