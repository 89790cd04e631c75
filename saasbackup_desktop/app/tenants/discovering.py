"""Looking at a tenant's directory: who is there, who left, and what the rules make of it."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from saasbackup_desktop.app.tenants.book import Book, Reasons
from saasbackup_desktop.app.tenants.store import Entry
from saasbackup_desktop.app.tenants.views import Discovery, Proof
from saasbackup_desktop.core.activation import Candidate, Decision, Rules, Status, decide, looked_at
from saasbackup_desktop.core.errors import Denied
from saasbackup_desktop.providers.microsoft.directory import (
    Found,
    MailboxKind,
    Product,
    candidate_of,
    discover,
    read_members,
    read_products,
)
from saasbackup_desktop.providers.microsoft.graph import Graph
from saasbackup_desktop.providers.microsoft.reaching import Reach, named_mailbox, own_account


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at the directory brought, before anything is decided."""

    link: str
    found: Mapping[str, Found]
    """Everybody who was told of."""
    is_everybody: bool
    """Who is not among them is not there any more."""
    members: Mapping[str, frozenset[str]]
    """Of the groups that could be read."""


async def look(graph: Graph, entry: Entry, book: Book) -> Look:
    """Ask the directory who came, changed or left. Raises Fault."""
    if entry.settings.proof is Proof.DEVICE_CODE:
        return Look("", await _reached(graph, entry.settings.mailboxes), True, {})
    found: dict[str, Found] = {}
    link, fresh = book.link, False
    async with aclosing(discover(graph, book.link, await _products(graph))) as pages:
        async for page in pages:
            if page.is_fresh and not fresh:  # everybody again: what came before was cut off in its midst
                found, fresh = {}, True
            found.update({one.id: one for one in page.found})
            link = page.link
    return Look(link, found, fresh, await read_groups_of(graph, book.rules))


async def read_groups_of(graph: Graph, rules: Rules) -> dict[str, frozenset[str]]:
    """Members of the groups that rules name; a group that cannot be read is left out. Raises Fault."""
    members: dict[str, frozenset[str]] = {}
    for group in dict.fromkeys(rule.group for rule in rules.rules if rule.group):
        try:
            inside = await read_members(graph, group)
        except Denied:
            continue
        if inside is not None:
            members[group] = inside
    return members


def after(book: Book, seen: Look, now: int) -> Book:
    """Take over what was found, and decide about it."""
    found = dict(book.found)
    for id, one in seen.found.items():
        found[id] = _merged(found.get(id), one)
    if seen.is_everybody:
        for id in found.keys() - seen.found.keys():
            found[id] = replace(found[id], is_deleted=True, is_restorable=False, kind=MailboxKind.NONE)
    members = {**book.members, **seen.members}
    known = replace(book, link=seen.link, found=found, members=members, discovered=now)
    return decided(_without_strangers(known), now, frozenset(seen.members))


def decided(book: Book, now: int, readable: frozenset[str] | None = None) -> Book:
    """Let the rules decide about everybody. ``readable``: groups whose members were read now; None: all are known."""
    groups = frozenset(book.members) if readable is None else readable
    decisions = decide(candidates(book), book.rules, book.standings, now, readable=groups)
    return replace(
        book,
        standings={one.id: one.standing for one in decisions},
        reasons={one.id: reasons_of(one) for one in decisions},
        rules=looked_at(book.rules, now, groups),
    )


def candidates(book: Book) -> list[Candidate]:
    """Accounts as rules look at them."""
    inside: dict[str, set[str]] = {}
    for group, ids in book.members.items():
        for id in ids:
            inside.setdefault(id, set()).add(group)
    return [candidate_of(one, frozenset(inside.get(one.id, ()))) for one in book.found.values()]


def reasons_of(decision: Decision) -> Reasons:
    """Why something was decided, as plain text."""
    return tuple((reason.why.value, reason.rule) for reason in decision.reasons)


def compared(before: Book, now: Book) -> Discovery:
    """Say what a look changed."""
    old, new = before.found, now.found
    both = old.keys() & new.keys()
    is_active = {id: now.status(id) is Status.ACTIVE for id in new}
    was_active = {id: before.status(id) is Status.ACTIVE for id in old}
    return Discovery(
        found=sum(not one.is_deleted for one in new.values()),
        added=len(new.keys() - old.keys()),
        renamed=sum((old[id].address, old[id].name) != (new[id].address, new[id].name) for id in both),
        gone=sum(new[id].is_deleted and not old[id].is_deleted for id in both),
        activated=sum(is_active[id] and not was_active.get(id, False) for id in new),
        deactivated=sum(was_active[id] and not is_active.get(id, False) for id in old),
    )


def newly_removed(before: Book, now: Book) -> Sequence[str]:
    """Accounts whose backup a rule lets go."""
    return [
        id
        for id, standing in now.standings.items()
        if standing.status is Status.REMOVED
        and (id not in before.standings or before.standings[id].status is not Status.REMOVED)
    ]


def renamed(before: Book, now: Book) -> Iterable[Found]:
    """Accounts that are called otherwise than before."""
    for id, one in now.found.items():
        old = before.found.get(id)
        if old is not None and (old.address, old.name) != (one.address, one.name):
            yield one


def _merged(before: Found | None, now: Found) -> Found:
    """Of somebody who left, the directory tells no more than the id."""
    if now.is_deleted and before is not None:
        return replace(before, is_deleted=True, is_restorable=now.is_restorable, kind=MailboxKind.NONE)
    return now


def _without_strangers(book: Book) -> Book:
    """Leave out who is gone and was never looked after: nobody would miss them in a list."""
    wanted = {
        id: one
        for id, one in book.found.items()
        if not one.is_deleted or book.status(id) is not Status.INACTIVE or id in book.halted
    }
    return replace(book, found=wanted)


async def _products(graph: Graph) -> list[Product] | None:
    try:
        return await read_products(graph)
    except Denied:
        return None


async def _reached(graph: Graph, mailboxes: Iterable[str]) -> dict[str, Found]:
    """Who signed in, and those whose mailboxes this person named and may open. Raises Fault."""
    own = replace(await own_account(graph), is_licensed=True)
    found = {own.id: own}
    for address in mailboxes:
        named = await named_mailbox(graph, address)
        if named.reach is Reach.REACHED and named.found is not None:
            found.setdefault(named.found.id, named.found)
    return found
