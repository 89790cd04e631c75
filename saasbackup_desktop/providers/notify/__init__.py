"""Notices on their way out: letters, mail servers, webhooks and the desktop itself."""
