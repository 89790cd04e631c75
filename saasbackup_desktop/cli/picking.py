"""What is picked of an account: its points in time, and folders, items and a span of time in them."""

from collections.abc import Sequence

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.views import FolderRow, StreamCard
from saasbackup_desktop.cli import resolve
from saasbackup_desktop.cli.figures import printable
from saasbackup_desktop.cli.moments import moment, snapshot_at
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import NodeId, SnapshotId
from saasbackup_desktop.core.model import Snapshot
from saasbackup_desktop.core.selection import Selection


async def points_of(
    shell: Shell, desk: Desk, cards: Sequence[StreamCard], at: str
) -> Sequence[tuple[StreamCard, Snapshot]]:
    """The point in time that is meant, of each service. Of several, one that has none is left out."""
    found = []
    fault: Misconfigured | None = None
    for card in cards:
        whose = card.account.address if len(cards) == 1 else f"{card.account.address} ({card.service.value})"
        try:
            found.append((card, snapshot_at(await desk.snapshots(card.stream), at, whose)))
        except Misconfigured as error:
            fault = error
            if len(cards) > 1:
                shell.out.note(printable(f"{error.facts['what']}; that is left out."))
    if fault is not None and not found:
        raise fault
    return found


async def selection_of(
    desk: Desk, card: StreamCard, at: SnapshotId, what: Sequence[str], since: str | None, until: str | None
) -> Selection:
    """Folders and items by their paths and ids, and a span of time. Raises Misconfigured."""
    rows: Sequence[FolderRow] = await desk.folders(card.stream, at) if what else ()
    folders: list[NodeId] = []
    items: list[NodeId] = []
    for text in what:
        row = resolve.folder(rows, text)
        if row is not None:
            folders.append(row.folder.id)
        else:
            items.append(await _item(desk, card, at, text))
    return Selection(folders=tuple(folders), items=tuple(items), since=since_of(since), until=until_of(until))


async def _item(desk: Desk, card: StreamCard, at: SnapshotId, text: str) -> NodeId:
    try:
        _card, row = await resolve.item(desk, [card], f"{card.stream}:{text}", at)
    except Misconfigured as fault:
        raise Misconfigured(text, what=f"there is no folder or item “{text}” at that time") from fault
    return row.item.id


def since_of(text: str | None) -> int | None:
    """The first second of a span. Raises Misconfigured."""
    return moment(text) if text else None


def until_of(text: str | None) -> int | None:
    """The first second after a span. Raises Misconfigured."""
    return moment(text, end_of_day=True) if text else None
