"""What the arguments of the directory's commands mean: tenants, points in time, kinds, objects."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Final

import typer

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.entra.views import LIVE, EntraTenant
from saasbackup_desktop.app.words.entra.kinds import KINDS, kind_words
from saasbackup_desktop.cli.figures import listed
from saasbackup_desktop.cli.moments import LATEST, NAMED, snapshot_at
from saasbackup_desktop.core.directory.difference import path_of
from saasbackup_desktop.core.directory.objects import key_of
from saasbackup_desktop.core.directory.ticks import link_of
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import SnapshotId
from saasbackup_desktop.core.model import Snapshot
from saasbackup_desktop.core.stream import Json

TenantName = Annotated[str, typer.Argument(metavar="TENANT", help="The tenant's name, or a domain of it.")]
KindName = Annotated[str, typer.Argument(metavar="KIND", help="A kind of object, as “entra kinds” shows it.")]
Key = Annotated[
    str, typer.Argument(metavar="KIND/OBJECT", help="An object: its kind, and its id, name or principal name.")
]
At = Annotated[str, typer.Option("--at", metavar="TIME", help="A point in time: its id, a date or time, or latest.")]
_NAMED: Final = 20
"""More than these choices help nobody."""


async def tenant(desk: Desk, text: str) -> EntraTenant:
    """A tenant by its name, its domain or its directory's id. Raises Misconfigured."""
    found = await desk.entra.tenants()
    wanted = text.casefold()
    for one in found:
        if one.tenant == text:
            return one
    for one in found:
        if wanted in (one.tenant.casefold(), one.domain.casefold(), one.directory.casefold()):
            return one
    raise Misconfigured(text, what=f"there is no tenant “{text}”; {_known(one.tenant for one in found)}")


async def point(desk: Desk, one: EntraTenant, text: str) -> Snapshot:
    """A point in time of a tenant's directory. Raises Misconfigured."""
    if text == LIVE:
        raise Misconfigured(text, what=f"“{LIVE}” is no point in time that was saved; {NAMED}")
    return snapshot_at(await desk.snapshots(one.stream), text, f"the directory of {one.tenant}")


async def at(desk: Desk, one: EntraTenant, text: str = LATEST) -> SnapshotId:
    """The same by its id."""
    return (await point(desk, one, text)).id


def kind(text: str, there: Iterable[str]) -> str:
    """A kind by its id or by what lists call it. Raises Misconfigured."""
    known = list(dict.fromkeys([*there, *KINDS]))
    wanted = text.casefold()
    for id in known:
        if wanted in (id.casefold(), kind_words(id).casefold()):
            return id
    raise Misconfigured(text, what=f"there is no kind of object “{text}”; “saasbackup entra kinds” lists them")


async def key(desk: Desk, one: EntraTenant, moments: Sequence[SnapshotId], text: str) -> str:
    """An object's key, by its id or its name, at the first of some moments that has it. Raises Misconfigured."""
    of_kind, slash, wanted = text.partition("/")
    if not slash or not wanted:
        raise Misconfigured(text, what=f"“{text}” is no object; write KIND/ID or KIND/NAME, such as “users/ada@…”")
    there = [found.kind for found in await desk.entra.kinds(one.stream, moments[0])] if moments[0] != LIVE else []
    of_kind = kind(of_kind, there)
    for moment in moments:
        same = await desk.entra.find(one.stream, moment, of_kind, wanted)
        if exact := [row for row in same if row.id == wanted]:
            same = exact
        if len(same) > 1:
            choices = listed(key_of(row.kind, row.id) for row in same[:_NAMED])
            raise Misconfigured(text, what=f"several objects are called “{wanted}”; say which: {choices}")
        if same:
            return key_of(of_kind, same[0].id)
    raise Misconfigured(text, what=f"{one.tenant} has no “{text}”, {_where(moments)}")


def _where(moments: Sequence[SnapshotId]) -> str:
    is_live, is_kept = LIVE in moments, any(moment != LIVE for moment in moments)
    if is_live and is_kept:
        return "neither at that point in time nor now"
    return "as it is now" if is_live else "at that point in time"


async def ticked(desk: Desk, one: EntraTenant, moments: Sequence[SnapshotId], texts: Sequence[str]) -> frozenset[str]:
    """Keys of kinds, objects, attributes (``#a:PATH``) and links (``#l:RELATION:ID:``). Raises Misconfigured."""
    found = set[str]()
    for text in texts:
        thing, mark, part = text.partition("#")
        if mark and part[:2] not in ("a:", "l:"):
            raise Misconfigured(text, what=f"“{text}”: behind # comes a:ATTRIBUTE or l:RELATION:ID:DETAIL")
        if "/" in thing:
            whole = await key(desk, one, moments, thing) + mark + part
            if mark:
                await _require_part(desk, one, moments, whole, text)
            found.add(whole)
        elif mark:
            raise Misconfigured(text, what=f"“{text}” names an attribute or a link of no object")
        else:
            found.add(kind(thing, [row.kind for row in await desk.entra.kinds(one.stream, moments[0])]))
    return frozenset(found)


async def _require_part(desk: Desk, one: EntraTenant, moments: Sequence[SnapshotId], whole: str, text: str) -> None:
    """Make sure that an object has the attribute or the link of a key, at one of some moments. Raises Misconfigured."""
    object, _, part = whole.partition("#")
    wanted, link = part.partition(":")[2], link_of(whole)
    near = ""
    for moment in moments:
        try:
            found = (await desk.entra.object(one.stream, moment, object)).object
        except Misconfigured:
            continue  # it was not there then
        if link is not None:
            if any(
                (each.relation, each.id, each.detail) == (link.relation, link.id, link.detail) for each in found.links
            ):
                return
            continue
        paths = list(_paths(found.properties))
        if wanted in paths:
            return
        near = near or next((path for path in paths if path.casefold() == wanted.casefold()), "")
    if link is not None:
        raise Misconfigured(text, what=f"“{text}”: there is no such link, {_where(moments)}")
    hint = f"; it is written “{near}”" if near else "; “saasbackup entra show --json” names them"
    raise Misconfigured(text, what=f"“{text}”: there is no attribute “{wanted}”, {_where(moments)}{hint}")


def _paths(properties: Mapping[str, Json], above: str = "") -> Iterator[str]:
    for name, value in properties.items():
        path = above + path_of((name,))
        yield path
        if isinstance(value, dict):
            yield from _paths(value, f"{path}.")


def _known(names: Iterable[str]) -> str:
    known = sorted(names)
    return f"known: {listed(known)}" if known else "“saasbackup source add m365” sets one up"
