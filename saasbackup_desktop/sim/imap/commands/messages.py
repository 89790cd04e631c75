"""Commands about the messages of the folder opened: FETCH, STORE, COPY, MOVE, SEARCH, EXPUNGE, also by UID."""

from collections.abc import Awaitable, Callable
from functools import partial

from saasbackup_desktop.sim.imap import sequence
from saasbackup_desktop.sim.imap.commands.command import Command
from saasbackup_desktop.sim.imap.items import Answer, Item, Unreadable, read_items
from saasbackup_desktop.sim.imap.search import Query, UnknownCharset, numbers, run
from saasbackup_desktop.sim.imap.session import Refusal, Session, Standing, folder_name
from saasbackup_desktop.sim.imap.state import SYSTEM_FLAGS, Message
from saasbackup_desktop.sim.imap.wire import Malformed, Words

_NEEDS = {
    "MODSEQ": "CONDSTORE",
    "BINARY": "BINARY",
    "BINARY.SIZE": "BINARY",
    "EMAILID": "OBJECTID",
    "THREADID": "OBJECTID",
}


async def _fetch(session: Session, words: Words, *, by_uid: bool) -> str:
    words.space()
    asked = words.numbers()
    words.space()
    items = read_items(words)
    since, vanished = _fetch_modifiers(session, words)
    manners, view = session.house.manners, session.view
    for item in items:
        if not manners.offers(_NEEDS.get(item.name, "")):
            raise Malformed(f"Unknown parameter {item.name}")
    if since is not None or any(item.name == "MODSEQ" for item in items):
        session.follow_modseq()
    try:
        uids = view.pick(asked, by_uid=by_uid)
        if vanished and since is not None:
            gone = view.folder.vanished_since(since)
            ranges = sequence.read(asked)
            session.tell_vanished((uid for uid in gone if _named(ranges, uid)), earlier=True)
    except ValueError as error:
        raise Malformed(str(error)) from None
    found = [message for message in view.messages(uids) if since is None or message.modseq > since]
    await _answer(session, found[: manners.fetch_most], _completed(session, items, by_uid, since))
    return "Fetch completed"


def _named(ranges: sequence.Ranges, uid: int) -> bool:
    return any(low is None or high is None or min(low, high) <= uid <= max(low, high) for low, high in ranges)


def _completed(session: Session, items: list[Item], by_uid: bool, since: int | None) -> list[Item]:
    names = {item.name for item in items}
    items = list(items)
    if by_uid and "UID" not in names:
        items.insert(0, Item("UID"))
    if since is not None and "MODSEQ" not in names:
        items.append(Item("MODSEQ"))
    return items


def _fetch_modifiers(session: Session, words: Words) -> tuple[int | None, bool]:
    since: int | None = None
    vanished = False

    def modifier() -> None:
        nonlocal since, vanished
        name = words.atom()
        if name == "CHANGEDSINCE" and session.house.manners.offers("CONDSTORE"):
            words.space()
            since = words.number()
        elif name == "VANISHED" and session.qresync:
            vanished = True
        else:
            raise Malformed(f"Unknown FETCH modifier {name}")

    if words.take(b" "):
        words.group(modifier)
    words.end()
    return since, vanished


async def _answer(session: Session, found: list[Message], items: list[Item]) -> None:
    view, pipe, tally = session.view, session.pipe, session.house.tally
    marks = any(item.marks_seen for item in items) and not view.read_only
    whole = sum(item.is_whole_message for item in items)
    asks_flags = any(item.name == "FLAGS" for item in items)
    unreadable = False
    for message in found:
        newly_seen = marks and "\\Seen" not in message.flags
        if newly_seen:
            with view.mailbox.lock:
                view.mailbox.mark(view.folder.name, [message.uid], message.flags | {"\\Seen"})
                view.note_told(message)
        answer = Answer(message, view.shown(message))
        try:
            words = [answer.write(item) for item in items]
        except Unreadable:
            unreadable = True
            continue
        if newly_seen and not asks_flags:
            words.append(answer.write(Item("FLAGS")))
        tally.bodies += whole
        pipe.send(b"* %d FETCH (%b)\r\n" % (view.number(message.uid), b" ".join(words)))
        await pipe.drain_if_full()
    if unreadable:
        raise Refusal("Unknown Content-Transfer-Encoding.", "UNKNOWN-CTE")


async def _store(session: Session, words: Words, *, by_uid: bool) -> str:
    words.space()
    view = session.writable()
    uids = session.pick(words, by_uid=by_uid)
    words.space()
    unchanged_since = _store_modifier(session, words)
    name = words.atom()
    words.space()
    flags = words.flags()
    words.end()
    how, silent = name.removesuffix(".SILENT"), name.endswith(".SILENT")
    if how not in ("FLAGS", "+FLAGS", "-FLAGS"):
        raise Malformed(f"Unknown STORE item {name}")
    if any(flag.startswith("\\") and flag.title() not in SYSTEM_FLAGS for flag in flags):
        raise Malformed("Invalid system flag")
    folder = view.folder
    with view.mailbox.lock:
        session.tell_news(expunge=by_uid)
        if not session.house.manners.keywords:
            flags = [flag for flag in flags if flag.startswith("\\") or flag.lower() in folder.keywords]
        wanted = folder.spelled(flags)
        if len(folder.keywords) > view.keywords_told:
            session.tell_flags(view)
        refused, touched = _apply(session, uids, how, wanted, unchanged_since)
        for message in touched:
            if not silent or session.condstore:
                session.tell_fetch(message, uid=by_uid, flags=not silent)
            view.note_told(message)
    if refused:
        session.code = "MODIFIED " + sequence.write(refused if by_uid else [view.number(uid) for uid in refused])
    return "Store completed"


def _store_modifier(session: Session, words: Words) -> int | None:
    if not words.ahead(b"("):
        return None
    words.need(b"(UNCHANGEDSINCE ")
    since = words.number()
    words.need(b") ")
    session.follow_modseq()
    return since


def _apply(
    session: Session, uids: list[int], how: str, wanted: frozenset[str], unchanged_since: int | None
) -> tuple[list[int], list[Message]]:
    view = session.view
    refused: list[int] = []
    groups: dict[frozenset[str], list[int]] = {}
    touched: list[Message] = []
    for message in view.messages(uids):
        if unchanged_since is not None and message.modseq > unchanged_since:
            refused.append(message.uid)
            continue
        flags = wanted if how == "FLAGS" else message.flags | wanted if how == "+FLAGS" else message.flags - wanted
        if flags != message.flags:
            groups.setdefault(flags, []).append(message.uid)
            touched.append(message)
    for flags, changed in groups.items():
        view.mailbox.mark(view.folder.name, changed, flags)
    return refused, touched


def _copied(session: Session, words: Words, *, by_uid: bool, move: bool) -> tuple[str, list[int]]:
    words.space()
    uids = session.pick(words, by_uid=by_uid)
    words.space()
    name = folder_name(words)
    words.end()
    view, mailbox = session.view, session.mailbox
    with mailbox.lock:
        present = [message.uid for message in view.messages(uids)]
        if not move and mailbox.quota is not None:
            growth = sum(len(message.data) for message in view.messages(present))
            if mailbox.used + growth > mailbox.quota:
                raise Refusal("Quota exceeded (mailbox for user is full)", "OVERQUOTA")
        copies = (mailbox.move if move else mailbox.copy)(view.folder.name, present, name)
        validity = mailbox.folder(name).uid_validity
    if not copies:
        return "", []
    written = sequence.write(message.uid for message in copies)
    return f"COPYUID {validity} {sequence.write(present)} {written}", present


async def _copy(session: Session, words: Words, *, by_uid: bool) -> str:
    code, _ = _copied(session, words, by_uid=by_uid, move=False)
    if session.house.manners.offers("UIDPLUS"):
        session.code = code
    return "Copy completed"


async def _move(session: Session, words: Words, *, by_uid: bool) -> str:
    session.writable()
    code, _ = _copied(session, words, by_uid=by_uid, move=True)
    if code and session.house.manners.offers("UIDPLUS"):
        session.tell(f"OK [{code}] Moved UIDs.")
    session.tell_news(expunge=True)
    return "Move completed"


async def _search(session: Session, words: Words, *, by_uid: bool) -> str:
    words.space()
    returns: list[str] | None = None
    if session.house.manners.offers("ESEARCH") and words.take(b"RETURN "):
        returns = words.group(words.atom) or ["ALL"]
        words.space()
    try:
        query = Query(words, session.view)
    except UnknownCharset:
        raise Refusal("Unknown charset", "BADCHARSET") from None
    if query.asks_modseq:
        session.follow_modseq()
    found = run(query, session.view)
    listed = numbers(found, session.view, by_uid=by_uid)
    highest = max((message.modseq for message in found), default=0) if query.asks_modseq else 0
    if returns is None:
        shown = " ".join(map(str, ["SEARCH", *listed]))
        session.tell(shown + (f" (MODSEQ {highest})" if highest else ""))
    else:
        _tell_esearch(session, returns, listed, by_uid=by_uid, highest=highest)
    return "Search completed"


def _tell_esearch(session: Session, returns: list[str], listed: list[int], *, by_uid: bool, highest: int) -> None:
    words = [f'ESEARCH (TAG "{session.tag}")'] + (["UID"] if by_uid else [])
    if listed:
        facts = {"MIN": str(listed[0]), "MAX": str(listed[-1]), "ALL": sequence.write(listed)}
        words += [f"{name} {fact}" for name, fact in facts.items() if name in returns]
    if "COUNT" in returns:
        words.append(f"COUNT {len(listed)}")
    if highest:
        words.append(f"MODSEQ {highest}")
    session.tell(" ".join(words))


def expunge(session: Session, uids: list[int]) -> None:
    """Remove those of the messages that are marked ``\\Deleted``."""
    view = session.view
    with view.mailbox.lock:
        doomed = [message.uid for message in view.messages(uids) if "\\Deleted" in message.flags]
        if doomed:
            view.mailbox.remove(view.folder.name, doomed)


async def _expunge(session: Session, words: Words) -> str:
    words.end()
    expunge(session, session.writable().uids)
    session.tell_news(expunge=True)
    return "Expunge completed"


async def _uid_expunge(session: Session, words: Words) -> str:
    words.space()
    session.writable()
    uids = session.pick(words, by_uid=True)
    words.end()
    expunge(session, uids)
    session.tell_news(expunge=True)
    return "Expunge completed"


def _both(name: str, run: Callable[..., Awaitable[str]], capability: str = "") -> dict[str, Command]:
    return {
        name: Command(partial(run, by_uid=False), Standing.SELECTED, capability, moves_numbers=False),
        f"UID {name}": Command(partial(run, by_uid=True), Standing.SELECTED, capability),
    }


COMMANDS = {
    **_both("FETCH", _fetch),
    **_both("STORE", _store),
    **_both("COPY", _copy),
    **_both("MOVE", _move, "MOVE"),
    **_both("SEARCH", _search),
    "EXPUNGE": Command(_expunge, Standing.SELECTED),
    "UID EXPUNGE": Command(_uid_expunge, Standing.SELECTED, "UIDPLUS"),
}
