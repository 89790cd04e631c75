"""Opening a folder: SELECT, EXAMINE, CLOSE, UNSELECT, with CONDSTORE and QRESYNC (RFC 7162)."""

from dataclasses import dataclass

from saasbackup_desktop.sim.imap import sequence
from saasbackup_desktop.sim.imap.commands.command import Command
from saasbackup_desktop.sim.imap.commands.messages import expunge
from saasbackup_desktop.sim.imap.session import Session, Standing, folder_name, found
from saasbackup_desktop.sim.imap.view import View
from saasbackup_desktop.sim.imap.wire import Malformed, Words


@dataclass(slots=True)
class _Resync:
    """What the client remembers of the folder (RFC 7162 section 3.2.5)."""

    uid_validity: int
    modseq: int
    uids: sequence.Ranges | None = None


def _parameters(session: Session, words: Words) -> _Resync | None:
    found: list[_Resync] = []

    def parameter() -> None:
        name = words.atom()
        if name == "CONDSTORE" and session.house.manners.offers("CONDSTORE"):
            session.follow_modseq()
        elif name == "QRESYNC" and session.qresync:
            words.space()
            found.append(_resync(words))
        else:
            raise Malformed("Unknown parameter, or QRESYNC not enabled")

    if words.take(b" "):
        words.group(parameter)
    words.end()
    return found[0] if found else None


def _resync(words: Words) -> _Resync:
    words.need(b"(")
    validity = words.number()
    words.space()
    resync = _Resync(validity, words.number())
    if words.take(b" ") and not words.ahead(b"("):
        try:
            resync.uids = sequence.read(words.numbers())
        except ValueError as error:
            raise Malformed(str(error)) from None
        words.take(b" ")
    if words.take(b"("):  # numbers matched to UIDs: a hint that a server may ignore
        words.numbers()
        words.space()
        words.numbers()
        words.need(b")")
    words.need(b")")
    return resync


async def _open(session: Session, words: Words, *, read_only: bool) -> str:
    words.space()
    name = folder_name(words)
    resync = _parameters(session, words)
    was_open = session.standing is Standing.SELECTED
    mailbox, manners = session.mailbox, session.house.manners
    session.open(None)
    if was_open and manners.offers("QRESYNC"):
        session.tell("OK [CLOSED] Previous mailbox closed.")
    with mailbox.lock:
        folder = found(mailbox, name)
        view = View(mailbox, folder, read_only=read_only)
        session.open(view)
        session.tell_flags(view)
        session.tell(f"{len(view.uids)} EXISTS")
        session.tell(f"{len(view.recent)} RECENT")
        unseen = next((uid for uid in view.uids if "\\Seen" not in folder.messages[uid].flags), None)
        if unseen is not None:
            session.tell(f"OK [UNSEEN {view.number(unseen)}] First unseen.")
        session.tell(f"OK [UIDVALIDITY {folder.uid_validity}] UIDs valid")
        session.tell(f"OK [UIDNEXT {folder.uid_next}] Predicted next UID")
        if manners.offers("CONDSTORE"):
            session.tell(f"OK [HIGHESTMODSEQ {folder.highest_modseq}] Highest")
        if manners.offers("OBJECTID"):
            session.tell(f"OK [MAILBOXID ({folder.id})] Ok")
        if resync is not None and resync.uid_validity == folder.uid_validity:
            _tell_resync(session, view, resync)
    session.code = "READ-ONLY" if read_only else "READ-WRITE"
    return "Examine completed" if read_only else "Select completed"


def _tell_resync(session: Session, view: View, resync: _Resync) -> None:
    gone = view.folder.vanished_since(resync.modseq)
    known = resync.uids
    session.tell_vanished((uid for uid in gone if known is None or sequence.holds(known, uid)), earlier=True)
    for message in view.messages(view.uids):
        if message.modseq > resync.modseq and (known is None or sequence.holds(known, message.uid)):
            session.tell_fetch(message, uid=True)


async def _select(session: Session, words: Words) -> str:
    return await _open(session, words, read_only=False)


async def _examine(session: Session, words: Words) -> str:
    return await _open(session, words, read_only=True)


async def _close(session: Session, words: Words) -> str:
    words.end()
    if not session.view.read_only:
        expunge(session, session.view.uids)
    session.open(None)
    return "Close completed"


async def _unselect(session: Session, words: Words) -> str:
    words.end()
    session.open(None)
    return "Unselect completed"


COMMANDS = {
    "SELECT": Command(_select),
    "EXAMINE": Command(_examine),
    "CLOSE": Command(_close, Standing.SELECTED),
    "UNSELECT": Command(_unselect, Standing.SELECTED, "UNSELECT"),
}
