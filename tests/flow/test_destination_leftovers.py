"""What is at a destination of exports that were not finished, and what is known of exports whose place is lost."""

import asyncio
import shutil
import threading
from collections.abc import Callable
from typing import Any

import pytest

from saasbackup_desktop.app.activity.views import ActivityQuery
from saasbackup_desktop.app.exports.views import ExportStatus
from saasbackup_desktop.core.errors import DestinationFull, DestinationMissing, Misconfigured
from saasbackup_desktop.core.export.values import Packing
from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.core.jobs import State
from saasbackup_desktop.engine.exporting import ledger
from saasbackup_desktop.vault.stores.s3_outlet import S3Outlet
from tests.flow.stage import PATIENCE, Stage, letter, moment
from tests.flow.storage import SECRET, place, wanted
from tests.servers.buckets import S3Server

_DAY = 86400


class Shop:
    """The bucket, looked at behind our back."""

    def __init__(self, server: S3Server, bucket: str) -> None:
        self.bucket = bucket
        self.client = server.client()

    def uploads(self) -> int:
        return len(self.client.list_multipart_uploads(Bucket=self.bucket).get("Uploads", []))

    def files(self) -> dict[str, bytes]:
        there = self.client.list_objects_v2(Bucket=self.bucket).get("Contents", [])
        return {
            one["Key"].removeprefix("exports/"): self.client.get_object(Bucket=self.bucket, Key=one["Key"])[
                "Body"
            ].read()
            for one in there
        }

    def put(self, name: str, data: bytes) -> None:
        self.client.put_object(Bucket=self.bucket, Key=f"exports/{name}", Body=data)

    def destroy(self) -> None:
        for name in self.files():
            self.client.delete_object(Bucket=self.bucket, Key=f"exports/{name}")
        self.client.delete_bucket(Bucket=self.bucket)


async def _set_up(stage: Stage, buckets: S3Server) -> Shop:
    settings = place(buckets)
    stage.mailbox.folders["INBOX"].messages.clear()  # seven letters are enough
    await stage.backup()
    await stage.desk.destinations.put(settings, SECRET)
    return Shop(buckets, settings.values["bucket"])


def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(S3Outlet.__init__.__kwdefaults__, "piece", 64 << 10)  # type: ignore[attr-defined]


def _failing(work: Callable[..., Any], after: int) -> Callable[..., Any]:
    """Do it so many times, then say that there is no room."""
    left = [after]

    def done(*args: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise DestinationFull("no room")
        return work(*args)

    return done


async def _cancelled(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> JobId:
    """An export that somebody cancels when a piece of a file has arrived."""
    send, arrived, go = S3Outlet.send, threading.Event(), threading.Event()

    def slow(*args: Any) -> Any:
        state = send(*args)
        arrived.set()
        go.wait(PATIENCE)
        return state

    with monkeypatch.context() as patched:
        patched.setattr(S3Outlet, "send", slow)
        id = await stage.desk.exports.start(await wanted(stage, Packing.FOLDER))
        await asyncio.to_thread(arrived.wait, PATIENCE)
        await stage.desk.stop(id)
        go.set()
        await stage.over(id, State.STOPPED)
    return id


async def _failed(stage: Stage, monkeypatch: pytest.MonkeyPatch, id: JobId | None = None) -> JobId:
    """An export that fails for good when a piece of a file has arrived: a new one, or one that is gone on with."""
    with monkeypatch.context() as patched:
        patched.setattr(S3Outlet, "send", _failing(S3Outlet.send, 1))
        if id is None:
            id = await stage.desk.exports.start(await wanted(stage, Packing.FOLDER))
        else:
            await stage.desk.resume(id)
        await stage.over(id, State.FAILED)
    return id


async def test_uploads_that_nobody_finishes_are_let_go_of(
    stage: Stage, buckets: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.mailbox.deliver("Work", letter(999, 100_000), (), moment(1))
    shop = await _set_up(stage, buckets)
    exports, clock = stage.desk.exports, stage.desk._clock
    with monkeypatch.context() as patched:
        _small_pieces(patched)
        first = await _cancelled(stage, patched)
        assert shop.uploads() == 1
        await exports.tend()
        assert shop.uploads() == 0
        await _failed(stage, patched, first)
        await exports.tend()
        assert shop.uploads() == 1  # for a day somebody may go on with it
        now = clock.now()
        patched.setattr(clock, "now", lambda: now + 2 * _DAY)
        await exports.tend()
        assert shop.uploads() == 0
        removed = await _failed(stage, patched)
        assert shop.uploads() == 1
        await exports.remove(removed)
        assert shop.uploads() == 0
        await _failed(stage, patched, first)
        assert shop.uploads() == 1
        catalog = stage.desk._workspace.bench.catalog
        while catalog.forget_jobs(now + 5 * _DAY):
            pass
        patched.setattr(clock, "now", lambda: now + 3 * _DAY)
        await exports.tend()
        assert shop.uploads() == 0
        assert (await exports.result(first)).job == first
    await exports.remove(first)
    assert shop.files() == {}


async def _failed_whole(stage: Stage, monkeypatch: pytest.MonkeyPatch, packing: Packing = Packing.FOLDER) -> JobId:
    """An export that fails for good when half of its files are there."""
    with monkeypatch.context() as patched:
        patched.setattr(S3Outlet, "put", _failing(S3Outlet.put, 4))
        id = await stage.desk.exports.start(await wanted(stage, packing))
        await stage.over(id, State.FAILED)
    return id


async def _run_again(stage: Stage, id: JobId, *states: State) -> JobId:
    await stage.desk.resume(id)
    await stage.over(id, *states)
    return id


@pytest.mark.parametrize("is_written_down", [True, False])
async def test_files_of_an_attempt_that_was_lost_here_are_known_there(
    stage: Stage, buckets: S3Server, monkeypatch: pytest.MonkeyPatch, is_written_down: bool
) -> None:
    shop = await _set_up(stage, buckets)
    id = await _failed_whole(stage, monkeypatch)
    before = shop.files()
    assert len(before) == 4
    await _lose(stage, id, is_written_down=is_written_down)
    put: list[str] = []
    original = S3Outlet.put
    monkeypatch.setattr(S3Outlet, "put", lambda self, name, *rest: put.append(name) or original(self, name, *rest))
    stolen = next(name for name in before if name.endswith(".eml"))
    if is_written_down:  # somebody puts another file where one of ours was
        shop.put(stolen, b"somebody else's")
        assert (await stage.desk.job(await _run_again(stage, id, State.FAILED))).code == "destination-taken"
        assert shop.files()[stolen] == b"somebody else's"
        shop.client.delete_object(Bucket=shop.bucket, Key=f"exports/{stolen}")
    await _run_again(stage, id)
    assert (await stage.desk.exports.result(id)).status is ExportStatus.COMPLETED
    after = shop.files()
    assert sum(name.endswith(".eml") for name in after) == 7
    assert {name: after[name] for name in before if name.endswith(".eml")} == {
        name: data for name, data in before.items() if name.endswith(".eml")
    }
    sent = [name for name in put if name in before and name.endswith(".eml")]
    assert sent == ([stolen] if is_written_down else [])
    # The manifest says what is there now, and the sums fit it.
    assert after["Letters/manifest.json"] != before["Letters/manifest.json"]
    await stage.desk.exports.remove(id)
    assert shop.files() == {}


async def _lose(stage: Stage, id: JobId, *, is_written_down: bool) -> None:
    """Lose an export's files on this computer, and perhaps what is written down of them; another program goes on."""
    bench = stage.desk._workspace.bench
    shutil.rmtree(bench.scratch / f"export-{id}")
    if not is_written_down:
        number = ledger.last_number(bench.catalog, id)
        await bench.offload.on_catalog(ledger.forget, bench.catalog, id, number)
    object.__setattr__(bench, "program", "a later one")


async def test_archives_of_an_attempt_that_was_lost_here_are_replaced(
    stage: Stage, buckets: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = await _set_up(stage, buckets)
    with monkeypatch.context() as patched:
        original = S3Outlet.put

        def put(self: S3Outlet, *rest: Any) -> None:
            original(self, *rest)
            raise DestinationFull("no room")

        patched.setattr(S3Outlet, "put", put)
        id = await stage.desk.exports.start(await wanted(stage, Packing.ZIP))
        await stage.over(id, State.FAILED)
    [(name, before)] = shop.files().items()
    # What was put there is not known to have arrived.
    await _lose(stage, id, is_written_down=True)
    await _run_again(stage, id)
    [(again, after)] = shop.files().items()
    assert again == name
    assert after != before
    await stage.desk.exports.remove(id)
    assert shop.files() == {}


async def test_an_export_whose_place_is_lost_can_be_forgotten(
    stage: Stage, buckets: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = await _set_up(stage, buckets)
    exports = stage.desk.exports
    ids = []
    for _ in range(3):
        ids.append(await exports.start(await wanted(stage, Packing.ZIP)))
        await stage.over(ids[-1])
    assert await exports.forget(ids[0]) == ()  # its place is there: its files are removed
    assert len(shop.files()) == 2
    shop.destroy()
    with pytest.raises(DestinationMissing):
        await exports.remove(ids[1])
    assert await exports.forget(ids[1]) is None
    await stage.desk.destinations.remove("Office bucket")
    with pytest.raises(Misconfigured):
        await exports.remove(ids[2])
    assert await exports.forget(ids[2]) is None
    assert await exports.results() == []
    entries = (await stage.desk.activity.page(ActivityQuery())).entries
    told = [one for one in entries if one.code == "export-forgotten"]
    assert [one.facts["to"] for one in told] == [f"s3://{shop.bucket}/exports/Letters - {n}.zip" for n in (3, 2)]
