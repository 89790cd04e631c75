"""Microsoft 365 tenants: how they are set up and looked after, whose accounts are protected, and how each is doing."""
