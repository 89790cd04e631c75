"""The tree of mailboxes as the server lists it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from saasbackup_desktop.core.model import Role
from saasbackup_desktop.providers.imap.names import Namespace, role_by_flag, role_by_name, split
from saasbackup_desktop.providers.imap.session import Session
from saasbackup_desktop.providers.imap.wire import Rejected, Value, quoted, texts

_USUAL = Namespace("personal", "", None)
_KINDS = ("personal", "other", "shared")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """One name in the tree."""

    path: str
    """As the server spells it, one character for each byte."""
    delimiter: str | None
    names: tuple[str, ...]
    """As a person reads it, from the top down, without the personal namespace's prefix."""
    can_open: bool
    is_subscribed: bool = False
    kind: str = "personal"
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class Tree:
    """All mailboxes, parents first, and where new ones go."""

    mailboxes: tuple[Mailbox, ...]
    personal: Namespace


def list_mailboxes(session: Session) -> Tree:
    """List everything this person can see."""
    namespaces = _namespaces(session)
    rows: dict[str, tuple[frozenset[str], str | None]] = {}
    listing = b"XLIST" if "XLIST" in session.abilities and "SPECIAL-USE" not in session.abilities else b"LIST"
    for prefix in dict.fromkeys(("", *(space.prefix for space in namespaces if space.kind != "personal"))):
        for flags, delimiter, path in _list(session, listing, prefix):
            rows.setdefault(path, (flags, delimiter))
    if not any(space.kind == "personal" for space in namespaces):
        namespaces = (_guess(rows), *namespaces)
    subscribed = {path for _, _, path in _list(session, b"LSUB", "")}
    found = [
        _mailbox(path, flags, delimiter, namespaces, path in subscribed) for path, (flags, delimiter) in rows.items()
    ]
    personal = next(space for space in namespaces if space.kind == "personal")
    if personal.delimiter is None and found:
        personal = replace(personal, delimiter=found[0].delimiter)
    return Tree(tuple(_with_roles(_with_parents(found))), personal)


def _namespaces(session: Session) -> tuple[Namespace, ...]:
    if "NAMESPACE" not in session.abilities:
        return ()
    try:
        replies = session.wire.command(b"NAMESPACE").of(b"NAMESPACE")
    except Rejected:
        return ()
    values: list[Value] = replies[0].values() if replies else []
    return tuple(
        Namespace(kind, prefix.decode("latin-1"), delimiter.decode("latin-1") if delimiter else None)
        for kind, spaces in zip(_KINDS, values, strict=False)
        if isinstance(spaces, list)
        for prefix, delimiter in map(_pair, spaces)
    )


def _pair(space: Value) -> tuple[bytes, bytes | None]:
    values = space if isinstance(space, list) else []
    prefix, delimiter = (*values, None, None)[:2]
    return (
        prefix if isinstance(prefix, bytes) else b"",
        delimiter if isinstance(delimiter, bytes) and delimiter else None,
    )


def _list(session: Session, command: bytes, prefix: str) -> Iterable[tuple[frozenset[str], str | None, str]]:
    try:
        replies = session.wire.command(command, b'""', quoted(prefix.encode("latin-1") + b"*")).of(command)
    except Rejected:
        if command == b"LIST" and not prefix:
            raise
        return
    for reply in replies:
        flags, delimiter, path = (*reply.values(), None, None, None)[:3]
        if isinstance(path, bytes):
            mark = delimiter.decode("latin-1") if isinstance(delimiter, bytes) and delimiter else None
            text = path.decode("latin-1")
            yield (
                frozenset(flag.decode(errors="replace").lower() for flag in texts(flags)),
                mark,
                "INBOX" if text.upper() == "INBOX" else text,
            )


def _guess(rows: dict[str, tuple[frozenset[str], str | None]]) -> Namespace:
    """Old servers keep everything below INBOX without saying so."""
    delimiter = next((mark for _, mark in rows.values() if mark), None)
    others = [path for path in rows if path != "INBOX"]
    if delimiter and others and all(path.upper().startswith("INBOX" + delimiter) for path in others):
        return Namespace("personal", "INBOX" + delimiter, delimiter)
    return replace(_USUAL, delimiter=delimiter)


def _mailbox(
    path: str, flags: frozenset[str], delimiter: str | None, spaces: Sequence[Namespace], is_subscribed: bool
) -> Mailbox:
    fitting = [space for space in spaces if path.startswith(space.prefix) or path + (delimiter or "") == space.prefix]
    space = max(fitting, key=lambda space: len(space.prefix), default=None)
    return Mailbox(
        path=path,
        delimiter=delimiter,
        names=split(path, delimiter, space),
        can_open=not flags & {"\\noselect", "\\nonexistent"},
        is_subscribed=is_subscribed,
        kind=space.kind if space and path != "INBOX" else "personal",
        role=role_by_flag(flags),
    )


def _with_parents(found: Sequence[Mailbox]) -> list[Mailbox]:
    """Add parents that the server does not list, and put them first."""
    by_names = {mailbox.names: mailbox for mailbox in reversed(found)}
    for mailbox in found:
        for depth in range(1, len(mailbox.names)):
            names = mailbox.names[:depth]
            if names not in by_names:
                missing = len(mailbox.names) - depth
                path = (mailbox.delimiter or "").join(mailbox.path.split(mailbox.delimiter)[:-missing])
                by_names[names] = Mailbox(
                    path=path, delimiter=mailbox.delimiter, names=names, can_open=False, kind=mailbox.kind
                )
    twins = [mailbox for mailbox in found if by_names[mailbox.names] is not mailbox]
    return sorted([*by_names.values(), *twins], key=lambda mailbox: (len(mailbox.names), mailbox.names, mailbox.path))


def _with_roles(mailboxes: Sequence[Mailbox]) -> list[Mailbox]:
    """Give each role once: to whom the server flags, else to the first whose name says so."""
    taken = {mailbox.role for mailbox in mailboxes if mailbox.role}
    given = []
    for mailbox in mailboxes:
        role = mailbox.role
        if role is None and mailbox.can_open and mailbox.kind == "personal":
            role = role_by_name(mailbox.names)
            if role in taken:
                role = None
            elif role:
                taken.add(role)
        given.append(replace(mailbox, role=role))
    return given
