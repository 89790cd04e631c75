"""Reads Outlook's single files (.msg, .oft; [MS-OXMSG]); what is in them is mapped as items of data files are."""

from saasbackup_desktop.providers.files.msgread.compound import MARK
from saasbackup_desktop.providers.files.msgread.reading import read

__all__ = ["MARK", "read"]
