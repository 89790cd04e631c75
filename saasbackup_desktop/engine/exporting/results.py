"""What became of exports, as long as somebody may ask: one record for each, by its job."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from saasbackup_desktop.catalog.catalog import Catalog, Record
from saasbackup_desktop.core import codec
from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.core.jobs import Export
from saasbackup_desktop.core.model import Account
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.exporting.ledger import RESULTS
from saasbackup_desktop.engine.exporting.legs import account_from_plain
from saasbackup_desktop.engine.exporting.places import disk_of, is_far


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one export."""

    spec: Export | None = None
    owners: Sequence[Account] = ()
    """Whose items they are, in the order of the picks."""
    created: int = 0
    disk: str = ""
    """Where the disk that takes the files hangs (``places.disk_of``)."""
    has_begun: bool = False
    """Files may lie where they are written."""
    where: str = ""
    finished: int | None = None
    files: int = 0
    size: int = 0
    failed: int = 0
    lost: int = 0
    above: str = ""
    """What the files' names begin with at a destination."""
    unsound: int = 0
    """Files that were not as they had been written."""
    number: int = 0
    """Of its last record in the ledger."""
    is_verified: bool = False
    is_sent: bool = False
    """All is where it shall be."""
    expires: int | None = None
    is_expired: bool = False
    """Its files were removed when their time was over."""
    removed: int = 0
    """Files that are removed while others could not be: they are not missed."""
    is_removed: bool = False
    """Nobody wants to see it any more."""


def read(catalog: Catalog, job: JobId) -> Result | None:
    """Look one up. Blocks."""
    found = catalog.record(RESULTS, job)
    return None if found is None else result_from_plain(found.plain)


def read_all(catalog: Catalog) -> dict[JobId, Result]:
    """List them, newest first. Blocks."""
    return {JobId(one.key): result_from_plain(one.plain) for one in catalog.records(RESULTS)}


def write(catalog: Catalog, job: JobId, result: Result) -> None:
    """Write one down. Blocks."""
    spec = codec.spec_to_plain(result.spec) if result.spec is not None else None
    plain = codec.plain_fields(replace(result, spec=None)) | {"spec": spec}
    catalog.put_records(RESULTS, [Record(job, result.created, plain)])


async def begin(bench: Bench, job: JobId, spec: Export, owners: Sequence[Account]) -> None:
    """Write down that an export is under way; what is known of it stays."""
    before = await bench.offload.on_reading(read, bench.catalog, job)
    if before is None:
        disk = "" if is_far(spec.to) else await bench.offload.on_disk(disk_of, Path(spec.to))
        fresh = Result(spec=spec, owners=owners, created=bench.clock.now(), disk=disk)
        await bench.offload.on_catalog(write, bench.catalog, job, fresh)


async def begun(bench: Bench, job: JobId) -> None:
    """Write down that files are written from now on."""
    before = await bench.offload.on_reading(read, bench.catalog, job)
    if before is not None and not before.has_begun:
        await bench.offload.on_catalog(write, bench.catalog, job, replace(before, has_begun=True))


async def end(bench: Bench, job: JobId, result: Result) -> None:
    """Write down what became of it; who asked for what stays."""
    before = await bench.offload.on_reading(read, bench.catalog, job)
    if before is not None:
        result = replace(result, spec=before.spec, owners=before.owners, created=before.created, disk=before.disk)
    await bench.offload.on_catalog(write, bench.catalog, job, result)


def result_from_plain(plain: Mapping[str, Any]) -> Result:
    """Read what was written down."""
    values = dict(plain)
    spec = codec.spec_from_plain(values.pop("spec")) if values["spec"] is not None else None
    owners = [account_from_plain(one) for one in values.pop("owners")]
    assert spec is None or isinstance(spec, Export)
    return Result(**{**values, "spec": spec, "owners": owners})
