"""A bench at which a made-up directory is backed up and compared."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import pytest

from saasbackup_desktop.core.ids import SnapshotId
from saasbackup_desktop.core.jobs import Backup
from saasbackup_desktop.engine.backup import back_up
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.directory.comparing import Comparisons
from saasbackup_desktop.engine.meter import Meter
from tests.unit.engine.conftest import HandClock, Notes
from tests.unit.engine.directory.tenant import STREAM, Tenant, TenantDoors


@pytest.fixture
def doors() -> TenantDoors:
    return TenantDoors()


@pytest.fixture
def tenant(doors: TenantDoors) -> Tenant:
    return doors.tenant


@pytest.fixture
def directory_bench(bench: Bench, doors: TenantDoors) -> Bench:
    return replace(bench, directories=doors)


@pytest.fixture
async def comparisons(directory_bench: Bench) -> AsyncIterator[Comparisons]:
    found = Comparisons(directory_bench)
    yield found
    await found.close()


Save = Callable[[], Awaitable[SnapshotId]]


@pytest.fixture
def save(directory_bench: Bench, clock: HandClock) -> Save:
    """Back the directory up."""

    async def backed_up() -> SnapshotId:
        clock.time += 3600
        return await back_up(directory_bench, Backup(stream=STREAM), Meter(), Notes())

    return backed_up
