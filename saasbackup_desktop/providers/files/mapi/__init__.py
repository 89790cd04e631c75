"""Turns mail, events, contacts, tasks and notes into items as Outlook keeps them ([MS-OXCMSG] and its kin)."""
