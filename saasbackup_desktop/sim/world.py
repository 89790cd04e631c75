"""Put a made-up organisation on a pretend server, and let time pass there."""

from dataclasses import dataclass
from datetime import timedelta

from saasbackup_desktop.sim.correspondence import LAST_DAY, Correspondence
from saasbackup_desktop.sim.dice import MEAN_SIZE, Dice
from saasbackup_desktop.sim.imap.state import INBOX, Mailbox
from saasbackup_desktop.sim.organisation import Cabinet
from saasbackup_desktop.sim.people import COLLEAGUES


def imap_mailbox(cabinet: Cabinet, password: str = "secret", *, delimiter: str = "/", prefix: str = "") -> Mailbox:
    """Make the IMAP account of a mailbox; delimiters inside names become ``-``."""
    mailbox = Mailbox(cabinet.address, password, delimiter=delimiter, prefix=prefix)
    for drawer in cabinet.folders:
        path = mailbox.path(*(name.replace(delimiter, "-") for name in drawer.path))
        existing = mailbox.folders.get(path)
        if existing is None or not existing.selectable:
            mailbox.create(path, use=drawer.use)
        mailbox.subscribe(path, wanted=drawer.subscribed)
        for letter in drawer.letters:
            mailbox.deliver(path, letter.data, letter.flags, letter.internal_date)
    return mailbox


@dataclass(frozen=True, slots=True)
class Happened:
    """What changed in a mailbox while time passed."""

    delivered: int
    marked: int
    moved: int
    removed: int
    renamed: tuple[tuple[str, str], ...]
    """Old and new names of folders."""
    created: tuple[str, ...]


def pass_time(mailbox: Mailbox, seed: int | str, delivered: int = 40, mean_size: int = MEAN_SIZE) -> Happened:
    """Let a week go by: letters come, are read, filed and thrown away; a folder is renamed, another made.

    Clients are told as it happens. The same mailbox and seed always meet the same fate.
    """
    dice = Dice("time", seed)
    with mailbox.lock:
        owner = [person for person in COLLEAGUES if person.address == mailbox.user] or [COLLEAGUES[0]]
        step = timedelta(days=7) / max(1, delivered)
        exchange = Correspondence("week", seed, insiders=owner, mean_size=mean_size, step=step, start=LAST_DAY)
        inbox = mailbox.folder(INBOX)
        before = inbox.uids()
        for _ in range(delivered):
            sent = exchange.next()
            mailbox.deliver(INBOX, sent.trace + sent.data, (), sent.moment)
        marked = dice.several(before, min(25, len(before) // 4))
        for uid in marked:
            mailbox.mark(INBOX, [uid], inbox.messages[uid].flags ^ {"\\Flagged"})
        rest = [uid for uid in before if uid not in set(marked)]
        moved = dice.several(rest, min(12, len(rest) // 4))
        made = _unused(mailbox, mailbox.path("Tidied up"))
        mailbox.create(made, subscribed=True)
        mailbox.move(INBOX, moved, made)
        left = [uid for uid in rest if uid not in set(moved)]
        gone = dice.several(left, min(8, max(1, len(rest) // 8), len(left)))
        mailbox.remove(INBOX, gone)
        renamed = _rename_one(mailbox, dice)
    return Happened(delivered, len(marked), len(moved), len(gone), renamed, (made,))


def _unused(mailbox: Mailbox, path: str) -> str:
    number, name = 1, path
    while name in mailbox.folders:
        number += 1
        name = f"{path} {number}"
    return name


def _rename_one(mailbox: Mailbox, dice: Dice) -> tuple[tuple[str, str], ...]:
    plain = [
        name
        for name, folder in mailbox.folders.items()
        if folder.selectable and folder.messages and not folder.use and name != INBOX and not mailbox.children(name)
    ]
    if not plain:
        return ()
    old = dice.pick(plain)
    new = _unused(mailbox, old.rstrip() + " (old)")
    mailbox.rename(old, new)
    return ((old, new),)
