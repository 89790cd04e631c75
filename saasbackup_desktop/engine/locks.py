"""After a backup into a vault under a lock: let what it stands on stay locked for as long as was promised."""

import asyncio
from dataclasses import dataclass

from saasbackup_desktop.core.errors import Cancelled, Fault
from saasbackup_desktop.core.jobs import ItemFailure
from saasbackup_desktop.engine.bench import Bench, Journal
from saasbackup_desktop.engine.meter import Meter
from saasbackup_desktop.vault.vault import Renewed


@dataclass(slots=True)
class _Wish:
    """Whether somebody wants it to end."""

    stop: bool = False


async def renew_locks(bench: Bench, meter: Meter, journal: Journal) -> None:
    """Renew locks that would end too early; what fails is told, and makes the job one that is done in part.

    The backup itself is safe by then, and the next one tries again.
    """
    wish = _Wish()
    working = asyncio.ensure_future(bench.offload.on_disk(_work, bench, wish))
    try:
        renewed = await asyncio.shield(working)
    except asyncio.CancelledError:
        wish.stop = True
        await asyncio.wait([working])
        raise
    except Cancelled as error:
        raise asyncio.CancelledError from error
    except Fault as fault:
        meter.failed += 1
        await journal.note("warning", "locks-not-renewed", reason=fault.code)
        await journal.failed(ItemFailure(path="", name="", code=fault.code, detail=fault.detail))
        return
    if renewed.extended:
        await journal.note("info", "locks-renewed", files=renewed.extended)


def _work(bench: Bench, wish: _Wish) -> Renewed:
    return bench.vault.renew_locks(lambda _done, _of: None, lambda: wish.stop)
