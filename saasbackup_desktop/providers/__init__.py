"""The worlds outside: each provider reads and writes its accounts and names its failures in our words."""
