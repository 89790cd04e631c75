"""Every account's service at a glance."""

from collections.abc import Sequence

from saasbackup_desktop.app.views import Health, StreamCard
from saasbackup_desktop.app.workspace import Workspace
from saasbackup_desktop.core.ids import ConnectionName, StreamId
from saasbackup_desktop.core.jobs import Backup, Job, Migrate, State
from saasbackup_desktop.core.model import Account, Service, Snapshot, SnapshotStatus, stream_id


async def stream_cards(workspace: Workspace) -> Sequence[StreamCard]:
    """One card for each stream that is set up here or known from the vault, by address."""
    bench = workspace.bench
    connected: dict[StreamId, ConnectionName] = {}
    streams: dict[StreamId, tuple[Account, Service]] = {
        stream: (account, service)
        for stream, account, service in await bench.offload.on_reading(bench.catalog.accounts)
    }
    for connection in workspace.connections.all():
        stream = stream_id(connection.account.id, Service.MAIL)
        connected[stream] = connection.name
        streams[stream] = (connection.account, Service.MAIL)
    jobs = await workspace.engine.jobs()
    cards = []
    for stream, (account, service) in streams.items():
        points = await bench.offload.on_reading(bench.catalog.snapshots, stream)
        if stream in connected or points:
            cards.append(_card(stream, account, service, connected.get(stream), points, jobs))
    return sorted(cards, key=lambda card: card.account.address.casefold())


def _card(
    stream: StreamId,
    account: Account,
    service: Service,
    connection: ConnectionName | None,
    points: Sequence[Snapshot],
    jobs: Sequence[Job],
) -> StreamCard:
    last_job = next((job for job in jobs if _reads(job, stream)), None)
    last = points[0] if points else None
    running = last_job.id if last_job is not None and not _rests(last_job) else None
    failed = last_job if last_job is not None and last_job.state is State.FAILED else None
    return StreamCard(
        stream=stream,
        account=account,
        service=service,
        connection=connection,
        health=_health(connection, last, running is not None, failed is not None),
        last=last,
        snapshots=len(points),
        running=running,
        problem=failed.code if failed else "",
        facts=failed.facts if failed else {},
    )


def _reads(job: Job, stream: StreamId) -> bool:
    return isinstance(job.spec, Backup | Migrate) and job.spec.stream == stream


def _rests(job: Job) -> bool:
    return job.state.is_over or job.state is State.PAUSED


def _health(connection: ConnectionName | None, last: Snapshot | None, running: bool, failed: bool) -> Health:
    if running:
        return Health.RUNNING
    if connection is None:
        return Health.ARCHIVED
    if failed:
        return Health.FAILED
    if last is None:
        return Health.NEVER
    return Health.OK if last.status is SnapshotStatus.COMPLETE else Health.PARTIAL
