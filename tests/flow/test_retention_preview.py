"""What a rule would mean is known before it is set."""

from saasbackup_desktop.core.retention import Keep
from tests.flow.stage import Stage
from tests.flow.test_prune import histories


async def test_rule_is_tried_without_being_set(stage: Stage) -> None:
    await histories(stage)
    newest, second, first = await stage.snapshots()
    found = await stage.desk.retention_preview(Keep(last=2))
    assert [point.snapshot.id for point in found.go] == [first.id]
    assert {point.snapshot.id: point.reasons for point in found.stay} == {
        newest.id: ("last", "complete"),
        second.id: ("last",),
    }
    assert found.size > 0
    assert (await stage.desk.retention()).keep == Keep()
    assert (await stage.desk.prune_preview()).go == []

    for_one = await stage.desk.retention_preview(Keep(last=1), newest.stream)
    assert len(for_one.go) == 2
    await stage.desk.set_retention(Keep(last=1))
    await stage.desk.set_retention(Keep(), newest.stream)
    assert [(one.stream, one.keep) for one in await stage.desk.retentions()] == [
        (None, Keep(last=1)),
        (newest.stream, Keep()),
    ]
    assert (await stage.desk.prune_preview()).go == []
    as_others = await stage.desk.retention_preview(None, newest.stream)
    assert len(as_others.go) == 2
