"""Commands about folders: LIST, LSUB, STATUS, CREATE, DELETE, RENAME, SUBSCRIBE, NAMESPACE, QUOTA."""

import re

from saasbackup_desktop.sim.imap import names
from saasbackup_desktop.sim.imap.commands.command import Command
from saasbackup_desktop.sim.imap.session import Refusal, Session, Standing, folder_name, found
from saasbackup_desktop.sim.imap.state import INBOX, Folder, Mailbox
from saasbackup_desktop.sim.imap.wire import Malformed, Words, listed, quote

_USES = {"\\All", "\\Archive", "\\Drafts", "\\Flagged", "\\Junk", "\\Sent", "\\Trash"}
_STATUS_NEEDS = {"HIGHESTMODSEQ": "CONDSTORE", "SIZE": "STATUS=SIZE", "MAILBOXID": "OBJECTID"}


def _pattern(reference: bytes, pattern: bytes, delimiter: str | None) -> re.Pattern[str]:
    try:
        text = names.decode(reference) + names.decode(pattern)
    except ValueError:
        raise Refusal("Mailbox name is not valid mUTF-7") from None
    one_level = ".*" if delimiter is None else f"[^{re.escape(delimiter)}]*"
    pieces = (".*" if each == "*" else one_level if each == "%" else re.escape(each) for each in text)
    # INBOX has no case.
    return re.compile("".join(pieces), re.DOTALL | (re.IGNORECASE if text.upper() == INBOX else 0))


class _Listing:
    """One LIST or LSUB: what is asked and what is answered."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.mailbox: Mailbox = session.mailbox
        self.select: set[str] = set()
        self.returns: set[str] = set()
        self.status: list[str] = []

    def line(self, verb: str, folder: Folder | None, name: str) -> bytes:
        mailbox, offers = self.mailbox, self.session.house.manners.offers
        asked = self.select | self.returns
        plain = verb == "LIST" and not self.select and not self.returns
        attributes: list[str] = []
        if folder is None and verb == "LIST":
            attributes.append("\\NonExistent")
        elif folder is not None and not folder.selectable:
            attributes.append("\\Noselect")
        if offers("CHILDREN") and (plain or "CHILDREN" in asked):
            attributes.append("\\HasChildren" if mailbox.children(name) else "\\HasNoChildren")
        if folder is not None and offers("SPECIAL-USE") and folder.use and (not asked or "SPECIAL-USE" in asked):
            attributes.append(folder.use)
        if "SUBSCRIBED" in asked and name in mailbox.subscriptions:
            attributes.append("\\Subscribed")
        nil = mailbox.delimiter is None or self.session.house.manners.list_delimiter_nil
        delimiter = b"NIL" if nil else quote((mailbox.delimiter or "").encode())
        shown = quote(names.encode(name))
        return f"{verb} ({' '.join(attributes)}) ".encode() + delimiter + b" " + shown

    def answer(self, verb: str, patterns: list[re.Pattern[str]], subscribed: bool) -> None:
        mailbox = self.mailbox
        known = set(mailbox.folders) | (mailbox.subscriptions if subscribed else set())
        for name in sorted(known, key=lambda each: (each != INBOX, each)):
            folder = mailbox.folders.get(name)
            if subscribed and name not in mailbox.subscriptions:
                continue
            if "SPECIAL-USE" in self.select and (folder is None or not folder.use):
                continue
            if any(pattern.fullmatch(name) for pattern in patterns):
                self.session.tell(self.line(verb, folder, name))
                if self.status and folder is not None and folder.selectable:
                    self.session.tell(_status_line(self.session, folder, self.status))


async def _list(session: Session, words: Words) -> str:
    listing = _Listing(session)
    extended = session.house.manners.offers("LIST-EXTENDED") or session.house.manners.offers("SPECIAL-USE")
    words.space()
    if extended and words.ahead(b"("):
        listing.select = set(words.group(words.atom))
        words.space()
    reference = words.astring()
    words.space()
    several = words.group(words.pattern) if words.ahead(b"(") and extended else [words.pattern()]
    if extended and words.take(b" RETURN "):

        def option() -> None:
            name = words.atom()
            listing.returns.add(name)
            if name == "STATUS":
                words.space()
                listing.status = words.group(words.atom)

        words.group(option)
    words.end()
    with session.mailbox.lock:
        if several == [b""]:
            delimiter = session.mailbox.delimiter
            shown = b"NIL" if delimiter is None else quote(delimiter.encode())
            session.tell(b"LIST (\\Noselect) " + shown + b' ""')
        else:
            patterns = [_pattern(reference, each, session.mailbox.delimiter) for each in several]
            listing.answer("LIST", patterns, "SUBSCRIBED" in listing.select)
    return "List completed"


async def _lsub(session: Session, words: Words) -> str:
    words.space()
    reference = words.astring()
    words.space()
    pattern = words.pattern()
    words.end()
    with session.mailbox.lock:
        _Listing(session).answer("LSUB", [_pattern(reference, pattern, session.mailbox.delimiter)], True)
    return "Lsub completed"


def _status_line(session: Session, folder: Folder, wanted: list[str]) -> bytes:
    facts = {
        "MESSAGES": len(folder.messages),
        "RECENT": sum(uid >= folder.recent_from for uid in folder.messages),
        "UIDNEXT": folder.uid_next,
        "UIDVALIDITY": folder.uid_validity,
        "UNSEEN": sum("\\Seen" not in message.flags for message in folder.messages.values()),
        "HIGHESTMODSEQ": folder.highest_modseq,
        "SIZE": folder.size,
        "MAILBOXID": f"({folder.id})",
    }
    for name in wanted:
        if name not in facts or not session.house.manners.offers(_STATUS_NEEDS.get(name, "")):
            raise Malformed(f"Unknown status item {name}")
    told = (f"{name} {fact}".encode() for name, fact in facts.items() if name in wanted)
    return b"STATUS " + quote(names.encode(folder.name)) + b" " + listed(told)


async def _status(session: Session, words: Words) -> str:
    words.space()
    name = folder_name(words)
    words.space()
    wanted = words.group(words.atom)
    words.end()
    with session.mailbox.lock:
        session.tell(_status_line(session, found(session.mailbox, name), wanted))
    if "HIGHESTMODSEQ" in wanted:
        session.follow_modseq()
    return "Status completed"


async def _create(session: Session, words: Words) -> str:
    words.space()
    name, use = folder_name(words), ""
    mailbox = session.mailbox
    if words.take(b" (USE ("):
        use = words.flag()
        words.need(b"))")
        if use not in _USES:
            raise Refusal("Special use not supported", "USEATTR")
    words.end()
    delimiter = mailbox.delimiter or ""
    if delimiter and name.endswith(delimiter):
        name = name[: -len(delimiter)]
    if not name or any(ord(character) < 32 for character in name) or (delimiter and delimiter * 2 in name):
        raise Refusal("Invalid mailbox name", "CANNOT")
    if mailbox.prefix and name.upper() != INBOX and not name.startswith((mailbox.prefix, *mailbox.shared)):
        raise Refusal(f"Mailbox name should be prefixed with: {mailbox.prefix}", "CANNOT")
    folder = mailbox.create(name, use=use)
    if session.house.manners.offers("OBJECTID"):
        session.code = f"MAILBOXID ({folder.id})"
    return "Create completed"


async def _delete(session: Session, words: Words) -> str:
    words.space()
    name = folder_name(words)
    words.end()
    session.mailbox.delete(name)
    return "Delete completed"


async def _rename(session: Session, words: Words) -> str:
    words.space()
    old = folder_name(words)
    words.space()
    new = folder_name(words)
    words.end()
    session.mailbox.rename(old, new)
    return "Rename completed"


async def _subscribe(session: Session, words: Words) -> str:
    words.space()
    name = folder_name(words)
    words.end()
    if session.mailbox.known(name) not in session.mailbox.folders:
        raise Refusal(f"Mailbox doesn't exist: {name}")
    session.mailbox.subscribe(name)
    return "Subscribe completed"


async def _unsubscribe(session: Session, words: Words) -> str:
    words.space()
    name = folder_name(words)
    words.end()
    session.mailbox.subscribe(name, wanted=False)
    return "Unsubscribe completed"


async def _namespace(session: Session, words: Words) -> str:
    words.end()
    mailbox = session.mailbox
    delimiter = b"NIL" if mailbox.delimiter is None else quote(mailbox.delimiter.encode())

    def written(prefixes: tuple[str, ...]) -> bytes:
        if not prefixes:
            return b"NIL"
        return b"(" + b"".join(listed((quote(names.encode(each)), delimiter)) for each in prefixes) + b")"

    spaces = (written((mailbox.prefix,)), written(mailbox.others), written(mailbox.shared))
    session.tell(b"NAMESPACE " + b" ".join(spaces))
    return "Namespace completed"


def _tell_quota(session: Session) -> None:
    mailbox = session.mailbox
    if mailbox.quota is None:
        session.tell('QUOTA "User quota" ()')
    else:
        # Storage counts kilobytes (RFC 9208 section 5.3).
        session.tell(f'QUOTA "User quota" (STORAGE {mailbox.used // 1024} {mailbox.quota // 1024})')


async def _getquota(session: Session, words: Words) -> str:
    words.space()
    if words.astring() != b"User quota":
        raise Refusal("Quota root doesn't exist.", "NONEXISTENT")
    words.end()
    _tell_quota(session)
    return "Getquota completed"


async def _getquotaroot(session: Session, words: Words) -> str:
    words.space()
    name = folder_name(words)
    words.end()
    session.tell(b"QUOTAROOT " + quote(names.encode(name)) + b' "User quota"')
    _tell_quota(session)
    return "Getquotaroot completed"


COMMANDS = {
    "LIST": Command(_list),
    "LSUB": Command(_lsub),
    "STATUS": Command(_status),
    "CREATE": Command(_create),
    "DELETE": Command(_delete),
    "RENAME": Command(_rename),
    "SUBSCRIBE": Command(_subscribe),
    "UNSUBSCRIBE": Command(_unsubscribe),
    "NAMESPACE": Command(_namespace, Standing.SIGNED_IN, "NAMESPACE"),
    "GETQUOTA": Command(_getquota, Standing.SIGNED_IN, "QUOTA"),
    "GETQUOTAROOT": Command(_getquotaroot, Standing.SIGNED_IN, "QUOTA"),
}
