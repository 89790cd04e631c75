"""Copy the vault to another place."""

import asyncio
from dataclasses import dataclass

from saasbackup_desktop.core.errors import NotMirrored
from saasbackup_desktop.core.jobs import ItemFailure, Mirror
from saasbackup_desktop.engine.bench import Bench, Journal
from saasbackup_desktop.engine.meter import Meter
from saasbackup_desktop.vault.sharing.mirror import Result


@dataclass(slots=True)
class _Wish:
    """Whether somebody wants it to end."""

    stop: bool = False


async def mirror(bench: Bench, spec: Mirror, meter: Meter, journal: Journal) -> None:
    """Bring the vault's copy at another place up to date; every file that could not be is written down."""
    meter.doing = "mirroring"
    wish = _Wish()
    working = asyncio.ensure_future(bench.offload.on_disk(_work, bench, spec, meter, wish))
    try:
        result = await asyncio.shield(working)
    except asyncio.CancelledError:
        wish.stop = True
        await asyncio.wait([working])
        raise
    meter.added, meter.skipped, meter.removed = result.copied, result.skipped, result.removed
    meter.bytes_done, meter.failed = result.bytes, len(result.failed)
    for name, why in result.failed:
        await journal.failed(ItemFailure(path="", name=name, code=NotMirrored.code, detail=why))
    if result.left:
        await journal.note("info", "mirror-left", files=result.left)


def _work(bench: Bench, spec: Mirror, meter: Meter, wish: _Wish) -> Result:
    def progress(done: int, known: int) -> None:
        meter.items_done, meter.items_total = done, known

    target = bench.doors.place(spec.to, spec.settings)
    return bench.vault.mirror(target, bench.owner, progress, lambda: wish.stop, delete=spec.delete, verify=spec.verify)
