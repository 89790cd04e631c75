"""Reads Outlook data files, whoever wrote them, and turns their items into what the vault keeps."""

from saasbackup_desktop.providers.files.pstread.archive import walk

__all__ = ["walk"]
