"""A pretend Microsoft Graph: a tenant whose truth changes, behind the same addresses as the real one."""
