"""Every account's service at a glance."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from saasbackup_desktop.app.tenants.needs import services_of
from saasbackup_desktop.app.tenants.reach import tenant_of
from saasbackup_desktop.app.views import Health, StreamCard
from saasbackup_desktop.app.workspace import Workspace
from saasbackup_desktop.catalog.catalog import Run
from saasbackup_desktop.core.activation import Status
from saasbackup_desktop.core.errors import DrillDamaged, DrillIncomplete
from saasbackup_desktop.core.ids import ConnectionName, StreamId
from saasbackup_desktop.core.jobs import State
from saasbackup_desktop.core.model import Account, Provider, Service, Snapshot, SnapshotStatus, stream_id
from saasbackup_desktop.engine import proofs
from saasbackup_desktop.engine.days import first_backups
from saasbackup_desktop.engine.skipped import all_skipped

_UNPROVEN: Final[Mapping[str, str]] = {"damaged": DrillDamaged.code, "incomplete": DrillIncomplete.code}


async def stream_cards(workspace: Workspace) -> Sequence[StreamCard]:
    """One card for each stream that is backed up here or known from the vault, by address."""
    bench = workspace.bench
    connected = _connected(workspace)
    streams = {
        stream: (account, service)
        for stream, account, service in await bench.offload.on_reading(bench.catalog.accounts)
    }
    for stream, account in connected.items():
        streams[stream] = (account, Service(stream.rpartition("/")[2]))
    points = await bench.offload.on_reading(bench.catalog.newest_snapshots)
    firsts = await bench.offload.on_reading(first_backups, bench.catalog)
    runs: dict[StreamId, Run] = {}
    for run in await bench.offload.on_reading(bench.catalog.last_runs, 1):
        runs.setdefault(run.stream, run)
    done = await bench.offload.on_reading(bench.catalog.last_done)
    skips = await all_skipped(bench)
    drills = {one.key: one for one in await bench.offload.on_reading(bench.catalog.records, proofs.BRIEF)}
    closed = set(workspace.store.names()) - set(workspace.store.readable())
    cards = []
    for stream, (account, service) in streams.items():
        if stream in connected or stream in points:
            connection = connected[stream].connection if stream in connected else None
            last, count = points.get(stream, (None, 0))
            card = _card(stream, account, service, connection, last, count, runs.get(stream), done.get(stream))
            card = replace(card, first=firsts.get(stream))
            if card.health is Health.PARTIAL and last is not None and 0 < last.owed <= len(skips.get(stream, ())):
                card = replace(card, health=Health.OK)  # what is missing is known, and done without
            tenant = tenant_of(account.connection or ConnectionName(""))
            is_cut_off = card.health is Health.ARCHIVED and tenant in closed
            card = _cut_off(card, tenant) if is_cut_off else card
            cards.append(_drilled(card, drills[stream].plain) if stream in drills else card)
    order = {service: place for place, service in enumerate(Service)}
    return sorted(cards, key=lambda card: (card.account.address.casefold(), card.account.id, order[card.service]))


def _connected(workspace: Workspace) -> Mapping[StreamId, Account]:
    """Streams that are backed up here."""
    found: dict[StreamId, Account] = {}
    for connection in workspace.connections.all():
        found[stream_id(connection.account.id, Service.MAIL)] = connection.account
    for name in workspace.store.readable():
        book, services = workspace.store.book(name), services_of(workspace.store.entry(name).settings)
        for id, member in workspace.reach.members(name).items():
            if book.status(id) is Status.ACTIVE:
                found.update({stream_id(member.account.id, service): member.account for service in services})
        directory = workspace.reach.directory(name)
        if directory is not None and workspace.store.entry(name).settings.keeps_directory:
            found[stream_id(directory.id, Service.DIRECTORY)] = directory
    return found


def _card(
    stream: StreamId,
    account: Account,
    service: Service,
    connection: ConnectionName | None,
    last: Snapshot | None,
    count: int,
    run: Run | None,
    done: int | None,
) -> StreamCard:
    running = run.job if run is not None and not _rests(run) else None
    failed = run if run is not None and run.state in (State.FAILED, State.WAITING) else None
    was_cancelled = run is not None and run.state is State.STOPPED
    return StreamCard(
        stream=stream,
        account=account,
        service=service,
        connection=connection,
        health=_health(account, connection, last, running is not None, failed),
        last=last,
        snapshots=count,
        running=running,
        problem=failed.code if failed else "",
        facts=failed.facts if failed else {},
        looked=looked(last, done),
        due=failed.due if failed else None,
        cancelled=run.finished if run is not None and was_cancelled else None,
    )


def _cut_off(card: StreamCard, tenant: ConnectionName) -> StreamCard:
    """Nobody knows whether an account is active whose tenant's accounts cannot be read."""
    facts = {"what": "accounts-unreadable", "name": tenant}
    return replace(card, health=Health.FAILED, problem="misconfigured", facts=facts)


def _drilled(card: StreamCard, brief: Mapping[str, Any]) -> StreamCard:
    """Add what the last restore drill found; what it did not prove is a problem until another one does."""
    card = replace(card, drill=brief["outcome"], drilled=brief["time"], proven=brief["proven"])
    if brief["outcome"] not in _UNPROVEN or card.health not in (
        Health.OK,
        Health.PARTIAL,
        Health.ARCHIVED,
        Health.IMPORTED,
    ):
        return card
    facts = {"damaged": brief["damaged"], "missing": brief["missing"]}
    return replace(card, health=Health.FAILED, problem=_UNPROVEN[brief["outcome"]], facts=facts)


def looked(last: Snapshot | None, done: int | None) -> int | None:
    """When the vault was last known to hold all there was: at the newest point in time, or when the last run ended
    that came to its end, ``done``.
    """
    if last is None:
        return None
    return max(last.finished, done or 0)


def _rests(run: Run) -> bool:
    return run.state.is_over or run.state in (State.PAUSED, State.WAITING)


def _health(
    account: Account, connection: ConnectionName | None, last: Snapshot | None, running: bool, failed: Run | None
) -> Health:
    if running:
        return Health.RUNNING
    if account.provider is Provider.FILE:
        return Health.IMPORTED
    if connection is None:
        return Health.ARCHIVED
    if failed is not None:
        return Health.FAILED if failed.state is State.FAILED else Health.RETRYING
    if last is None:
        return Health.NEVER
    return Health.OK if last.status is SnapshotStatus.COMPLETE else Health.PARTIAL
