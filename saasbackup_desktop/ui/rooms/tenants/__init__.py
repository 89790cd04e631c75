"""Microsoft 365: adding a tenant, looking after it, choosing who is backed up."""
