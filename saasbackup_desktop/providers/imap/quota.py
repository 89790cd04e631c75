"""How much room a mailbox has (RFC 9208)."""

from dataclasses import dataclass

from saasbackup_desktop.providers.imap.session import Session
from saasbackup_desktop.providers.imap.wire import Rejected, number


@dataclass(frozen=True, slots=True)
class Quota:
    """Bytes used and left, where the server tells."""

    used: int | None = None
    room: int | None = None


def read_quota(session: Session) -> Quota:
    """Ask for the quota of INBOX; the tightest of several roots counts."""
    if "QUOTA" not in session.abilities:
        return Quota()
    try:
        replies = session.wire.command(b"GETQUOTAROOT", b"INBOX").of(b"QUOTA")
    except Rejected:
        return Quota()
    found = []
    for reply in replies:
        resources = next((value for value in reply.values() if isinstance(value, list)), [])
        for name, used, limit in zip(resources[::3], resources[1::3], resources[2::3], strict=False):
            if isinstance(name, bytes) and name.upper() == b"STORAGE":
                found.append(Quota(number(used) * 1024, max(0, number(limit) - number(used)) * 1024))
    return min(found, key=lambda quota: quota.room or 0, default=Quota())
