"""Who may open a vault: key slots, recovery keys, rotation, limited vaults."""
