"""Mailboxes behind IMAP (RFC 3501 and friends): read them, write them, ask what they can do."""

from saasbackup_desktop.providers.imap.probe import Findings, probe
from saasbackup_desktop.providers.imap.settings import ImapSettings, SignIn, Tls
from saasbackup_desktop.providers.imap.source import ImapSource
from saasbackup_desktop.providers.imap.target import ImapTarget

__all__ = ["Findings", "ImapSettings", "ImapSource", "ImapTarget", "SignIn", "Tls", "probe"]
