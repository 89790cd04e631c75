"""What happened, in the window: the system's activity, the security audit, and reports."""
