"""Which head of a stream was the newest: remembered beside the vault, so that one that was rolled back is noticed."""

from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.engine.bench import Bench, Journal


async def is_set_back(bench: Bench, stream: StreamId) -> bool:
    """Is a head missed that the vault once had?"""
    before = (await bench.offload.on_reading(bench.catalog.remembered)).get(stream)
    return before is not None and not await bench.offload.on_disk(bench.vault.knows, before)


async def remember(bench: Bench, stream: StreamId, journal: Journal, *, anew: bool = False) -> None:
    """Keep a stream's newest head in mind, unless the one that was kept before is missed: the check tells of that.

    ``anew``: even then, because somebody knows.
    """
    before = (await bench.offload.on_reading(bench.catalog.remembered)).get(stream)
    if before is not None and not await bench.offload.on_disk(bench.vault.knows, before):
        await journal.note("warning", "vault-rolled-back", file=before[0])
        if not anew:
            return
    mark = await bench.offload.on_disk(bench.vault.mark, stream)
    if mark is not None and mark != before:
        await bench.offload.on_catalog(bench.catalog.remember, stream, *mark)
