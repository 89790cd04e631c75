"""The directory of a Microsoft 365 tenant: what it consists of, and how it is read."""
