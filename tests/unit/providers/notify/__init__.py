"""Sending: letters, mail servers and webhooks."""
