"""Items as tables (CSV), with the columns that Outlook gives them, so that it and others take them in again."""
