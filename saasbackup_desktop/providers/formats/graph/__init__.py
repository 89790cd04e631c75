"""Items that are objects of Microsoft Graph's, read from canonical JSON: events, contacts, tasks, notes, settings."""
