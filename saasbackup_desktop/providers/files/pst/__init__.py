"""Writes Outlook data files: Unicode PST, as [MS-PST] describes it."""
