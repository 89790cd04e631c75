"""One client's conversation: who it is, what it has opened, what it has been told."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from enum import IntEnum

from saasbackup_desktop.sim.imap import names, sequence
from saasbackup_desktop.sim.imap.faults import Faults
from saasbackup_desktop.sim.imap.manners import Manners
from saasbackup_desktop.sim.imap.pipe import Gone, Pipe
from saasbackup_desktop.sim.imap.state import SYSTEM_FLAGS, Folder, Impossible, Mailbox, Message
from saasbackup_desktop.sim.imap.view import View
from saasbackup_desktop.sim.imap.wire import Malformed, Words


class Standing(IntEnum):
    """How far a client has come (RFC 3501 section 3)."""

    STRANGER = 0
    SIGNED_IN = 1
    SELECTED = 2


class Refusal(Exception):
    """A command that is answered with NO; ``code`` is a response code, or empty."""

    def __init__(self, text: str, code: str = "") -> None:
        super().__init__(text)
        self.code = code


@dataclass(slots=True)
class Tally:
    """What a server has done so far, for tests to look at."""

    commands: list[str] = field(default_factory=list)
    """Every command heard, in order, secrets left out."""
    bodies: int = 0
    """How often a whole message was sent."""
    bytes_sent: int = 0
    logins: int = 0
    connections: int = 0
    """Connections open now."""


@dataclass(slots=True)
class House:
    """What all conversations of one server share."""

    mailboxes: dict[str, Mailbox]
    manners: Manners
    faults: Faults
    tally: Tally
    signed_in: dict[str, int] = field(default_factory=dict)
    """Connections by user."""
    encrypt: Callable[[Pipe], Awaitable[None]] | None = None
    """Turn a connection to TLS, where STARTTLS is offered."""


class Session:
    """The state of one conversation, and the sentences that any command may need."""

    def __init__(self, house: House, pipe: Pipe, loop: asyncio.AbstractEventLoop) -> None:
        self.house = house
        self.pipe = pipe
        self.standing = Standing.STRANGER
        self.encrypted = False
        self.starting_tls = False
        """Whether TLS begins after the coming OK."""
        self.condstore = False
        """Whether the client knows modification sequences (RFC 7162 section 3.1)."""
        self.qresync = False
        self.leaving = False
        self.tag = ""
        """Names the command being carried out."""
        self.code = ""
        """A response code for the coming OK."""
        self.stirred = asyncio.Event()
        """Set when the mailbox has changed."""
        self._loop = loop
        self._mailbox: Mailbox | None = None
        self._view: View | None = None

    # Who

    @property
    def mailbox(self) -> Mailbox:
        """The mailbox of the user signed in."""
        if self._mailbox is None:
            raise Malformed("Not signed in")
        return self._mailbox

    def sign_in(self, user: str) -> None:
        """Open a user's mailbox; Refusal when too many connections are open."""
        house = self.house
        limit, held = house.manners.connections, house.signed_in.get(user, 0)
        if limit is not None and held >= limit:
            raise Refusal("Too many simultaneous connections", "LIMIT")
        house.signed_in[user] = held + 1
        house.tally.logins += 1
        self._mailbox = house.mailboxes[user]
        self._mailbox.listen(self, self._hear)
        self.standing = Standing.SIGNED_IN

    def _hear(self) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.stirred.set)

    def part(self) -> None:
        """Leave the mailbox, however the conversation ended."""
        if self._mailbox is not None:
            self._mailbox.unlisten(self)
            self.house.signed_in[self._mailbox.user] -= 1
            self._mailbox = None

    def capabilities(self) -> str:
        """List what is offered at this point of the conversation."""
        manners = self.house.manners
        if self.standing > Standing.STRANGER:
            limit = "" if manners.append_limit is None else f"={manners.append_limit}"
            return " ".join(f"APPENDLIMIT{limit}" if each == "APPENDLIMIT" else each for each in manners.capabilities)
        early = [each for each in manners.capabilities if each in ("IMAP4rev1", "SASL-IR", "LITERAL+", "ID", "ENABLE")]
        if self.house.encrypt is not None and not self.encrypted:
            early.append("STARTTLS")
        if manners.login_disabled:
            early.append("LOGINDISABLED")
        return " ".join([*early, *(f"AUTH={each}" for each in manners.mechanisms)])

    # What is open

    @property
    def view(self) -> View:
        """The folder opened."""
        if self._view is None:
            raise Malformed("No mailbox selected")
        return self._view

    def open(self, view: View | None) -> None:
        """Open a folder instead of the one open so far, or none."""
        self._view = view
        self.standing = Standing.SIGNED_IN if view is None else Standing.SELECTED

    def writable(self) -> View:
        """The folder opened, if it may be changed."""
        if self.view.read_only:
            raise Refusal("Mailbox is read-only", "READ-ONLY")
        return self.view

    def pick(self, words: Words, *, by_uid: bool) -> list[int]:
        """Take a set from a command and pick the UIDs that it names."""
        try:
            return self.view.pick(words.numbers(), by_uid=by_uid)
        except ValueError as error:
            raise Malformed(str(error)) from None

    # Sentences

    def tell(self, text: bytes | str) -> None:
        """Say an untagged answer."""
        self.pipe.untagged(text)

    def tell_flags(self, view: View) -> None:
        """Say which flags the folder knows and which of them the client may keep there (RFC 3501 section 7.2.6)."""
        known = [*SYSTEM_FLAGS, *view.folder.keywords.values()]
        own = ["\\*"] if self.house.manners.keywords else []
        view.keywords_told = len(view.folder.keywords)
        self.tell(f"FLAGS ({' '.join(known)})")
        self.tell(f"OK [PERMANENTFLAGS ({'' if view.read_only else ' '.join([*known, *own])})] Flags permitted.")

    def follow_modseq(self) -> None:
        """Follow modification sequences from now on (RFC 7162 section 3.1)."""
        if not self.condstore and self._view is not None:
            self.tell(f"OK [HIGHESTMODSEQ {self._view.folder.highest_modseq}] Highest")
        self.condstore = True

    def tell_fetch(self, message: Message, *, uid: bool = False, flags: bool = True) -> None:
        """Say the flags of one message, as far as this client follows them."""
        view, words = self.view, []
        if uid or self.qresync:
            words.append(b"UID %d" % message.uid)
        if flags:
            words.append(b"FLAGS " + view.shown(message))
        if self.condstore:
            words.append(b"MODSEQ (%d)" % message.modseq)
        self.tell(b"%d FETCH (%b)" % (view.number(message.uid), b" ".join(words)))

    def tell_vanished(self, uids: Iterable[int], *, earlier: bool = False) -> None:
        """Say which UIDs are gone (RFC 7162 section 3.2.10)."""
        gone = sequence.write(sorted(uids))
        if gone:
            self.tell(f"VANISHED {'(EARLIER) ' if earlier else ''}{gone}")

    def tell_news(self, *, expunge: bool) -> None:
        """Say what others have changed in the folder opened; Gone when it is no more."""
        view = self._view
        if view is None:
            return
        with view.mailbox.lock:
            folder = view.folder
            if view.mailbox.folders.get(folder.name) is not folder or folder.uid_validity != view.uid_validity:
                self.tell("BYE Selected mailbox was deleted, have to disconnect.")
                raise Gone
            news = view.catch_up(expunge=expunge)
            if self.qresync:
                self.tell_vanished(uid for _, uid in news.gone)
            else:
                for number, _ in news.gone:
                    self.tell(f"{number} EXPUNGE")
            if len(folder.keywords) > view.keywords_told:
                self.tell_flags(view)
            for message in news.changed:
                self.tell_fetch(message)
            if news.exists is not None:
                self.tell(f"{news.exists} EXISTS")
            if news.recent is not None:
                self.tell(f"{news.recent} RECENT")
            if news and self.qresync and not self.code:
                self.code = f"HIGHESTMODSEQ {folder.highest_modseq}"


def folder_name(words: Words) -> str:
    """Take the name of a folder from a command; Refusal when it is not modified UTF-7."""
    raw = words.astring()
    try:
        return names.decode(raw)
    except ValueError:
        raise Refusal("Mailbox name is not valid mUTF-7") from None


def found(mailbox: Mailbox, path: str) -> Folder:
    """Find a folder; Refusal, without a code as Dovecot has it, when there is none."""
    try:
        return mailbox.folder(path)
    except Impossible as missing:
        raise Refusal(str(missing)) from None


Handler = Callable[[Session, Words], Awaitable[str]]
"""Carry out a command and say what the OK shall say; Refusal or Malformed when it cannot be."""
