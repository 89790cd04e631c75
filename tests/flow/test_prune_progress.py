"""A job that is over shows that it is."""

from saasbackup_desktop.core.retention import Keep
from tests.flow.stage import Stage
from tests.flow.test_prune import histories


async def test_progress_of_a_prune_and_of_a_deletion_ends_at_the_total(stage: Stage) -> None:
    await histories(stage)
    _, _, first = await stage.snapshots()
    for id in (
        await stage.desk.discard(stage.stream, (first.id,)),
        await stage.desk.prune(0),
    ):
        tally = (await stage.over(id)).tally
        assert tally.items_done == tally.items_total > 0
    await stage.desk.set_retention(Keep(last=1))
    tally = (await stage.over(await stage.desk.prune(0))).tally
    assert tally.items_done == tally.items_total > 0
