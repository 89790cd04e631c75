"""``saasbackup entra diff``: what differs between two points in time, or between one and now."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.status import Status

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.entra.views import LIVE, CompareRequest, Comparison, DifferenceQuery, DifferenceRow
from saasbackup_desktop.app.words import words_for
from saasbackup_desktop.app.words.entra.kinds import kind_words
from saasbackup_desktop.cli.command import command
from saasbackup_desktop.cli.entra import finding
from saasbackup_desktop.cli.entra.finding import TenantName
from saasbackup_desktop.cli.entra.records import comparison_record, difference_record
from saasbackup_desktop.cli.entra.telling import MARKS, difference_lines
from saasbackup_desktop.cli.exits import ExitCode, fault_exit
from saasbackup_desktop.cli.figures import count, counted, listed, printable
from saasbackup_desktop.cli.output import Output
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.core.directory.difference import Change
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import SnapshotId, StreamId

_LOOK_EVERY: Final = 0.1
_OBJECTS_EVERY: Final = 1.0
_LINES_EVERY: Final = 5.0
_PAGE: Final = 500
FORMS: Final = ("json", "csv", "html", "pdf")


def register(group: typer.Typer) -> None:
    """Add this room's command."""
    command(group, "diff", example="saasbackup entra diff Fernwick --from 2026-03-31 --kind conditionalAccessPolicies")(
        diff
    )


async def diff(
    shell: Shell,
    name: TenantName,
    old: Annotated[str, typer.Option("--from", metavar="TIME", help="The earlier point in time.")],
    new: Annotated[
        str, typer.Option("--to", metavar="TIME|live", help="The later one; or live: the directory as it is now.")
    ] = LIVE,
    kinds: Annotated[list[str] | None, typer.Option("--kind", help="Only this kind; may be repeated.")] = None,
    objects: Annotated[
        list[str] | None,
        typer.Option("--object", metavar="KIND/OBJECT", help="Only this object; may be repeated."),
    ] = None,
    changes: Annotated[
        list[Change] | None, typer.Option("--change", help="Only what was added, removed or changed; may be repeated.")
    ] = None,
    words: Annotated[str, typer.Option(help="Only objects with these words in their names.")] = "",
    noise: Annotated[bool, typer.Option("--noise", help="Also what changes by itself: moments, counters.")] = False,
    brief: Annotated[bool, typer.Option("--brief", help="Name the objects only, not what differs in them.")] = False,
    whole: Annotated[bool, typer.Option("--whole", help="Also every attribute of objects that came or went.")] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="FILE", help="Write all of it to a .json, .csv, .html or .pdf file instead."),
    ] = None,
) -> ExitCode:
    """Show what differs in a directory, object by object, attribute by attribute and link by link.

    An object is + if it came, - if it went, ~ if it changed.
    """
    form = _form(output)
    if form and (changes or words or brief or whole):
        raise Misconfigured(what="a file has all of it: --change, --words, --brief and --whole go without --output")
    desk = await shell.unlocked()
    one = await finding.tenant(desk, name)
    before = await finding.at(desk, one, old)
    after = LIVE if new == LIVE else await finding.at(desk, one, new)
    request = CompareRequest(
        stream=one.stream,
        old=before,
        new=after,
        kinds=await _kinds(desk, one.stream, before, kinds or ()),
        objects=tuple([await finding.key(desk, one, (before, after), text) for text in objects or ()]),
    )
    begun = await desk.entra.compare(request)
    try:
        done = await _read(shell, begun)
        if output is None:
            query = DifferenceQuery(
                kinds=frozenset(request.kinds),
                changes=frozenset(changes or ()),
                words=words,
                with_noise=noise,
                limit=_PAGE,
            )
            await _show(shell, done, query, brief=brief, whole=whole)
        else:
            file = await desk.entra.export_comparison(done.id, form, output.expanduser().absolute(), noise)
            record = {"type": "exported", "file": str(file), "format": form}
            shell.out.record(record, printable(f"The comparison is written to {file}."))
        return _end(shell, done, one.tenant)
    finally:
        await desk.entra.forget_comparison(begun.id)


def _form(file: Path | None) -> str:
    """What a file is written as, by the end of its name. Raises Misconfigured."""
    if file is None:
        return ""
    form = file.suffix.removeprefix(".").lower()
    if form not in FORMS:
        raise Misconfigured(str(file), what=f"the end of “{file.name}” says nothing; write one of .{', .'.join(FORMS)}")
    return form


async def _kinds(desk: Desk, stream: StreamId, at: SnapshotId, texts: Sequence[str]) -> tuple[str, ...]:
    if not texts:
        return ()
    there = [row.kind for row in await desk.entra.kinds(stream, at)]
    return tuple(dict.fromkeys(finding.kind(text, there) for text in texts))


async def _read(shell: Shell, begun: Comparison) -> Comparison:
    """Wait until all is read, and say how far it is."""
    entra, out, now = (await shell.unlocked()).entra, shell.out, begun
    is_watched = out.messages.is_terminal and not out.as_json
    shown = Status("Comparing …", console=out.messages) if is_watched else None
    told = time.monotonic()
    if shown is not None:
        shown.start()
    try:
        while not now.is_done:
            await asyncio.sleep(_LOOK_EVERY)
            now = await entra.comparison(begun.id)
            if shown is not None:
                shown.update(f"Comparing: {_progress(now)}")
            elif not now.is_done and time.monotonic() - told >= (_OBJECTS_EVERY if out.as_json else _LINES_EVERY):
                told = time.monotonic()
                _tell(out, now)
    finally:
        if shown is not None:
            shown.stop()
    return now


def _tell(out: Output, now: Comparison) -> None:
    if out.as_json:
        out.progress({**comparison_record(now), "type": "comparison-progress"})
    else:
        out.note(f"Comparing: {_progress(now)}")


def _progress(now: Comparison) -> str:
    found = sum(_counted(now, change) for change in (Change.ADDED, Change.REMOVED, Change.CHANGED))
    return f"{count(now.kinds_read)} of {count(now.kinds_total)} kinds · {counted(found, 'difference')}"


def _counted(one: Comparison, change: Change) -> int:
    return sum(counts.get(change.value, 0) for counts in one.counts.values())


async def _show(shell: Shell, done: Comparison, query: DifferenceQuery, *, brief: bool, whole: bool) -> None:
    desk, of_kind = await shell.unlocked(), ""
    async for row in _rows(desk, done.id, query):
        if row.kind != of_kind and not shell.out.as_json:
            print(("\n" if of_kind else "") + printable(kind_words(row.kind)))
            of_kind = row.kind
        if brief:
            _show_row(shell.out, row)
            continue
        view = await desk.entra.difference(done.id, f"{row.kind}/{row.id}")
        lines = difference_lines(view, is_whole=whole, with_noise=query.with_noise)
        shell.out.record(difference_record(view), "\n".join(lines))


def _show_row(out: Output, row: DifferenceRow) -> None:
    record = {
        "type": "directory-difference",
        "key": f"{row.kind}/{row.id}",
        "kind": row.kind,
        "id": row.id,
        "name": row.name,
        "change": row.change.value,
        "noise": row.is_noise,
        "attribute_count": row.attributes,
        "link_count": row.links,
    }
    parts = [f"{counted(row.attributes, 'attribute')}"] if row.attributes else []
    parts += [f"{counted(row.links, 'link')}"] if row.links else []
    differs = f"  {', '.join(parts)}" if parts and row.change is Change.CHANGED else ""
    out.record(record, printable(f"{MARKS[row.change]} {row.name or row.id}  {row.kind}/{row.id}{differs}"))


async def _rows(desk: Desk, id: str, query: DifferenceQuery) -> AsyncIterator[DifferenceRow]:
    offset = 0
    while True:
        page = await desk.entra.differences(id, replace(query, offset=offset))
        for row in page.rows:
            yield row
        offset += len(page.rows)
        if not page.rows or offset >= page.total:
            return


def _end(shell: Shell, done: Comparison, tenant: str) -> ExitCode:
    """Sum up, and say what could not be compared."""
    out = shell.out
    noise = sum(counts.get("noise", 0) for counts in done.counts.values())
    said = ", ".join(
        f"{count(_counted(done, change))} {change.value}" for change in (Change.ADDED, Change.REMOVED, Change.CHANGED)
    )
    if out.as_json:
        out.record(comparison_record(done), "")
    elif (done.unread or done.code) and done.kinds_read <= len(done.unread):
        out.note("Nothing could be compared.")
    else:
        out.note(f"{said}" + (f" (of these {count(noise)} only by themselves)" if noise else ""))
    if done.unread:
        out.note(printable(f"Not compared, since it could not be read: {listed(map(kind_words, done.unread))}."))
    if done.code:
        facts = {"detail": done.detail} if done.detail else {}
        code = fault_exit(done.code)
        out.problem(words_for(done.code, facts), done.code, facts, code, tenant)
        return code
    return ExitCode.PARTIAL if done.unread else ExitCode.DONE
