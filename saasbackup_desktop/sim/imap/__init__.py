"""A pretend IMAP4rev1 server: in memory, on loopback, faulty to order. FIDELITY.md says what it is true to."""

from saasbackup_desktop.sim.imap.faults import Alert, Bye, Drop, Faults, Refuse, Renumber, Slow
from saasbackup_desktop.sim.imap.manners import POOR, RICH, Manners
from saasbackup_desktop.sim.imap.server import Certificate, Server, serve_in_thread
from saasbackup_desktop.sim.imap.state import Folder, Impossible, Mailbox, Message

__all__ = [
    "POOR",
    "RICH",
    "Alert",
    "Bye",
    "Certificate",
    "Drop",
    "Faults",
    "Folder",
    "Impossible",
    "Mailbox",
    "Manners",
    "Message",
    "Refuse",
    "Renumber",
    "Server",
    "Slow",
    "serve_in_thread",
]
