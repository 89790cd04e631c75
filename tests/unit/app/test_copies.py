"""What the history of jobs tells of the vault's copies."""

from saasbackup_desktop.app.copies import copies
from saasbackup_desktop.app.views import BucketSettings
from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.core.jobs import Check, Job, Mirror, Spec, State


def job(number: int, state: State, spec: Spec) -> Job:
    finished = number * 10 + 5 if state.is_over else None
    return Job(id=JobId(str(number)), spec=spec, state=state, created=number * 10, finished=finished)


def test_each_place_is_listed_once_with_its_last_mirror() -> None:
    bucket = Mirror(to="s3://copy", settings=(("endpoint", "https://s3.example"), ("region", "eu")), delete=True)
    disk = Mirror(to="/media/disk")
    found = copies(
        [
            job(4, State.RUNNING, disk),
            job(1, State.DONE, disk),
            job(2, State.PARTIAL, disk),
            job(3, State.FAILED, bucket),
            job(5, State.DONE, Check()),
        ]
    )
    assert [(one.to, one.last.id, one.whole, one.delete) for one in found] == [
        ("/media/disk", "4", 15, False),
        ("s3://copy", "3", None, True),
    ]
    assert [one.settings for one in found] == [None, BucketSettings(endpoint="https://s3.example", region="eu")]


def test_without_a_mirror_there_is_no_copy() -> None:
    assert copies([job(1, State.DONE, Check())]) == []
