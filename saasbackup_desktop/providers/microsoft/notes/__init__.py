"""Outlook notes of a mailbox."""
