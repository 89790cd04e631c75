"""The record: everything that is done is in it, once, without secrets, and nobody changes it unseen."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from saasbackup_desktop.app.activity import attempts, chain, kinds
from saasbackup_desktop.app.activity.activity import Activity
from saasbackup_desktop.app.activity.noting import noted
from saasbackup_desktop.app.activity.views import ActivityQuery, Area, Entry
from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.reports.views import Form
from saasbackup_desktop.app.views import ImapSettings, Tls
from saasbackup_desktop.app.words import activity as words
from saasbackup_desktop.catalog.catalog import Record
from saasbackup_desktop.core.errors import WrongPassphrase
from saasbackup_desktop.core.ids import ConnectionName
from saasbackup_desktop.core.jobs import State
from saasbackup_desktop.core.model import Service, stream_id
from saasbackup_desktop.core.retention import Keep
from saasbackup_desktop.vault.access import slots
from tests.unit.app.keyrings import Memory, memory, trusted
from tests.unit.vault.conftest import CHEAP

__all__ = ["memory", "trusted"]

KEY = bytes(range(32))
AUDIT = ActivityQuery(area=Area.SECURITY)
PASSPHRASE = "the first passphrase"
SECRET = "Tr0ub4dor"


@pytest.fixture
async def desk(tmp_path: Path, memory: Memory, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    monkeypatch.setattr(slots, "calibrated", lambda: CHEAP)
    made = Desk(tmp_path / "home")
    await made.create_vault(str(tmp_path / "vault"), PASSPHRASE)
    yield made
    await made.close()


async def _codes(desk: Desk) -> list[str]:
    return [entry.code for entry in reversed((await desk.activity.page(AUDIT)).entries)]


def _linked(count: int) -> tuple[list[dict[str, Any]], chain.Mark]:
    entries, mark = [], chain.START
    for number in range(count):
        entries.append(chain.link({"time": 100 + number, "code": "hold-placed", "facts": {"n": number}}, mark, KEY))
        mark = chain.mark_of(entries[-1])
    return entries, mark


# --- the chain ---------------------------------------------------------------------------------------------------


def test_what_was_written_is_unbroken() -> None:
    entries, mark = _linked(9)
    found = chain.prove(entries, mark, KEY)
    assert found.is_unbroken
    assert (found.entries, found.since) == (9, 100)
    assert chain.prove([], None, KEY).is_unbroken


def _dropped(entries: list[dict[str, Any]]) -> None:
    del entries[3:5]


def _cut(entries: list[dict[str, Any]]) -> None:
    del entries[7:]


def _emptied(entries: list[dict[str, Any]]) -> None:
    entries.clear()


def _swapped(entries: list[dict[str, Any]]) -> None:
    entries[2], entries[3] = entries[3], entries[2]


def _doubled(entries: list[dict[str, Any]]) -> None:
    entries.insert(4, entries[3])


def _reworded(entries: list[dict[str, Any]]) -> None:
    entries[5] = {**entries[5], "code": "hold-released"}


def _unsigned(entries: list[dict[str, Any]]) -> None:
    entries[5] = {name: value for name, value in entries[5].items() if name != "mac"}


def _forged(entries: list[dict[str, Any]]) -> None:
    entries[5] = chain.link({"time": 1, "code": "x"}, chain.mark_of(entries[4]), bytes(32))


def _replaced_by_one_who_has_the_key(entries: list[dict[str, Any]]) -> None:
    entries[5] = chain.link({"time": 1, "code": "x"}, chain.mark_of(entries[4]), KEY)


@pytest.mark.parametrize(
    ("harm", "codes"),
    [
        (_dropped, {"missing"}),
        (_cut, {"missing"}),
        (_emptied, {"missing"}),
        (_swapped, {"missing", "out-of-order"}),
        (_doubled, {"out-of-order"}),
        (_reworded, {"altered"}),
        (_unsigned, {"altered"}),
        (_forged, {"altered"}),
        (_replaced_by_one_who_has_the_key, {"out-of-order"}),
    ],
)
def test_every_harm_is_found(harm: Callable[[list[dict[str, Any]]], None], codes: set[str]) -> None:
    entries, mark = _linked(9)
    harm(entries)
    found = chain.prove(entries, mark, KEY)
    assert {one.code for one in found.breaks} == codes
    assert all(words.broken(one).endswith(".") for one in found.breaks)


def test_a_lost_mark_is_told_and_a_late_one_is_not() -> None:
    entries, mark = _linked(5)
    assert [one.code for one in chain.prove(entries, None, KEY).breaks] == ["mark-missing"]
    assert chain.prove(entries, chain.mark_of(entries[3]), KEY).is_unbroken  # an entry was written, its mark not yet
    other = replace(mark, digest="0" * 64)
    assert [one.code for one in chain.prove(entries, other, KEY).breaks] == ["altered"]


# --- what is written ---------------------------------------------------------------------------------------------


async def test_what_is_done_at_the_desk_is_written_once_and_without_secrets(desk: Desk) -> None:
    await desk.add_passphrase(SECRET + " one", "Deputy")
    held = await desk.hold(label="Case 12")
    await desk.release_hold(held.id)
    await desk.set_retention(Keep(days=30))
    name = ConnectionName("office")
    settings = ImapSettings(name=name, host="imap.example.test", port=993, user="ada@example.org", tls=Tls.IMPLICIT)
    await desk.add_imap(settings, SECRET + " two")
    await desk.change_secret(name, SECRET + " three")
    await desk.remove_connection(name)
    await desk.change_passphrase(PASSPHRASE, SECRET + " four")
    await desk.rotate_keys(SECRET + " five")
    codes = await _codes(desk)
    assert codes == [
        *("vault-created", "passphrase-added", "hold-placed", "hold-released", "retention-changed"),
        *("source-added", "source-changed", "source-removed", "passphrase-changed", "keys-rotated"),
    ]
    assert all(code in words.DEEDS for code in codes)
    written = str(desk._workspace.catalog.records(kinds.ROOM))
    assert SECRET not in written
    assert "Case 12" in written
    assert (await desk.activity.verify()).is_unbroken


async def test_opening_is_told_and_so_are_tries_that_failed(desk: Desk) -> None:
    await desk.lock()
    for wrong in ("wrong", "wrong again"):
        with pytest.raises(WrongPassphrase):
            await desk.unlock(wrong)
    await desk.unlock(PASSPHRASE)
    await desk.lock()
    await desk.unlock(PASSPHRASE)
    assert await _codes(desk) == [
        *("vault-created", "vault-locked", "vault-open-failed", "vault-open-failed", "vault-opened", "vault-locked"),
        "vault-opened",
    ]
    failed = (await desk.activity.page(replace(AUDIT, codes=("vault-open-failed",)))).entries
    assert {entry.status for entry in failed} == {"failed"}
    assert all("@" in entry.who for entry in failed)
    assert "wrong again" not in str(desk._workspace.catalog.records(kinds.ROOM))
    assert not attempts.take_over(desk.home)


async def test_each_opening_with_a_secret_is_told_and_those_by_themselves_once(desk: Desk) -> None:
    for _ in range(2):
        await desk.prove(PASSPHRASE)  # an agent has it open already: it opens for one more
    for _ in range(3):
        await desk._workspace.recorder.opened("remembered")
    with pytest.raises(WrongPassphrase):
        await desk.prove("wrong")
    await desk.prove(PASSPHRASE)
    assert await _codes(desk) == ["vault-created", *["vault-opened"] * 3, "vault-open-failed", "vault-opened"]


async def test_the_agents_life_is_told_at_the_next_opening(desk: Desk) -> None:
    attempts.agent_began(desk.home, 2_000_000_000, "ada@host")
    attempts.agent_ended(desk.home, 2_000_000_010, "ada@host")
    attempts.agent_began(desk.home, 2_000_000_020, "ada@host")
    attempts.agent_began(desk.home, 4_000_000_000, "ada@host")
    await desk.prove(PASSPHRASE)
    found = [(entry.code, entry.status) for entry in (await desk.activity.page(AUDIT)).entries]
    assert sorted(found) == [
        ("agent-died", "failed"),
        ("agent-ended", "done"),
        *[("agent-started", "done")] * 3,
        ("vault-created", "done"),
        ("vault-opened", "done"),
    ]
    assert (await desk.activity.verify()).is_unbroken


async def test_a_cancelled_job_is_named_and_a_task_is_paused_once(desk: Desk) -> None:
    settings = ImapSettings(
        name=ConnectionName("office"), host="127.0.0.1", port=9, user="ada@example.org", tls=Tls.NONE
    )
    connection = await desk.add_imap(settings, SECRET)
    await desk._workspace.engine.hold(True)
    job = await desk.backup(stream_id(connection.account.id, Service.MAIL))
    await desk.stop(job)
    [task] = await desk.tasks.all()
    await desk.tasks.pause(task.task.id)
    await desk.tasks.resume(task.task.id)
    codes = await _codes(desk)
    assert codes[-3:] == ["job-cancelled", "task-paused", "task-resumed"]
    assert "task-changed" not in codes
    [entry] = (await desk.activity.page(replace(AUDIT, codes=("job-cancelled",)))).entries
    assert (entry.item, entry.sub_service, entry.facts["job"]) == ("ada@example.org", "mail", job)


def test_strangers_lines_among_the_tries_do_no_harm(tmp_path: Path) -> None:
    attempts.put_down(tmp_path, 7, "ada@host", "wrong-passphrase")
    with (tmp_path / "failed-sign-ins.jsonl").open("ab") as file:
        file.write(b'\xff\xfe nonsense\n["no", "object"]\n{"time": "soon"}\n')
    assert [one["time"] for one in attempts.take_over(tmp_path)] == [7]
    assert attempts.take_over(tmp_path) == ()


async def test_the_record_survives_the_catalog_and_misses_what_was_taken_out(desk: Desk) -> None:
    await desk.hold(label="one")
    await desk.rebuild_catalog()
    await desk.hold(label="two")
    catalog = desk._workspace.catalog
    assert (await desk.activity.verify()).is_unbroken
    second = catalog.record(kinds.ROOM, f"{2:012d}")
    assert second is not None
    catalog.put_records(kinds.ROOM, [Record(second.key, second.time, {**second.plain, "who": "nobody"})])
    assert [(one.code, one.number) for one in (await desk.activity.verify()).breaks] == [("altered", 2)]
    catalog.put_records(kinds.ROOM, [second])
    catalog.drop_records(kinds.ROOM, [f"{number:012d}" for number in (3, 4)])
    assert [(one.code, one.count) for one in (await desk.activity.verify()).breaks] == [("missing", 2)]
    await desk.hold(label="three")  # the record goes on, and what is missing stays missed
    assert not (await desk.activity.verify()).is_unbroken


async def test_two_processes_write_one_chain(desk: Desk) -> None:
    other = Desk(desk.home)
    await other.unlock(PASSPHRASE)
    for number in range(4):
        await (desk, other)[number % 2].hold(label=str(number))
    found = await desk.activity.verify()
    await other.close()
    assert found.is_unbroken
    assert found.entries == 6


async def test_what_cannot_be_written_stops_nobody(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    mark = desk._workspace.recorder._mark.file
    mark.unlink()
    mark.mkdir()
    held = await desk.hold(label="all the same")
    assert [one.id for one in await desk.holds()] == [held.id]
    assert "could not be written" in caplog.text


class _Room:
    """Something that notes."""

    def __init__(self, recorder: object) -> None:
        self._recorder = recorder

    @noted("thing-done", item="what.label", count="#some", gave="result")
    async def do(self, what: Keep | Any, secret: str, some: tuple[int, ...] = (1, 2)) -> int:
        return 7

    @noted("thing-refused")
    async def refuse(self) -> bool:
        return False


class _Recorder:
    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, object]]] = []

    async def note(self, code: str, **facts: object) -> None:
        self.told.append((code, facts))


async def test_only_what_is_named_is_told() -> None:
    recorder = _Recorder()
    room = _Room(recorder)
    what = Entry(id="1", time=1, code="x", item="label")
    named = type("Named", (), {"label": what.item})()
    assert await room.do(named, SECRET) == 7
    assert not await room.refuse()
    assert recorder.told == [("thing-done", {"item": "label", "stream": "", "count": 2, "gave": 7})]
    assert await _Room(None).do(named, SECRET) == 7


# --- what is asked for -------------------------------------------------------------------------------------------


async def test_filters_words_and_pages(desk: Desk) -> None:
    for number in range(12):
        await desk.hold(label=f"case {number}")
    await desk.set_retention(Keep(days=9))
    activity: Activity = desk.activity
    page = await activity.page(replace(AUDIT, limit=5))
    assert (len(page.entries), page.total) == (5, 14)
    assert [entry.id for entry in page.entries] == [f"{number:012d}" for number in range(14, 9, -1)]
    rest = await activity.page(replace(AUDIT, limit=5, offset=10))
    assert [entry.code for entry in rest.entries][-1] == "vault-created"
    assert page.codes == ["hold-placed", "retention-changed", "vault-created"]
    assert (await activity.page(replace(AUDIT, codes=("retention-changed",)))).total == 1
    assert (await activity.page(replace(AUDIT, words="HOLD 11"))).total == 1
    assert (await activity.page(replace(AUDIT, words="hold nothing"))).total == 0
    assert (await activity.page(replace(AUDIT, services=("imap",)))).total == 0
    assert (await activity.page(replace(AUDIT, until=1))).total == 0
    assert (await activity.page(ActivityQuery(codes=("hold-placed",)))).total == 0, (
        "the vault's own matters are the audit's alone"
    )


async def test_a_job_shows_among_the_systems_activity_with_its_figures(desk: Desk) -> None:
    job = await desk.check_vault(100)
    while True:
        found = await desk.job(job)
        if found.state.is_over:
            break
        await asyncio.sleep(0.01)
    assert found.state is State.DONE
    [entry] = (await desk.activity.page(replace(ActivityQuery(), codes=("check",)))).entries
    assert (entry.id, entry.service, entry.status, entry.who) == (f"job:{job}", "vault", "done", "person")
    assert entry.facts["job"] == job
    for fits in (ActivityQuery(statuses=("done",)), ActivityQuery(words="check"), ActivityQuery(services=("vault",))):
        assert (await desk.activity.page(fits)).total == 1, fits
    for not_fits in (ActivityQuery(statuses=("failed",)), ActivityQuery(words="mirror"), ActivityQuery(task="x")):
        assert (await desk.activity.page(not_fits)).total == 0, not_fits
    assert "repair-asked" in await _codes(desk)
    assert await desk._workspace.recorder.asked_by(job) == desk._workspace.recorder.who


async def test_it_is_saved_for_spreadsheets_and_sealed_for_auditors(desk: Desk, tmp_path: Path) -> None:
    await desk.hold(label="=cmd|' /C calc'!A0")
    assert await desk.activity.csv(AUDIT, tmp_path / "audit.csv") == 3, "that it was saved is written down, too"
    text = (tmp_path / "audit.csv").read_bytes().decode("utf-8-sig")
    assert text.splitlines()[0].startswith("Date and time,Activity,Service")
    assert "Label: =cmd" in text
    await desk.activity.save(AUDIT, Form.JSON, tmp_path / "audit.json")
    verdict = await desk.reports.verify((tmp_path / "audit.json").read_bytes())
    assert (verdict.outcome, verdict.is_ours) == ("whole", True)
    assert (await _codes(desk))[-2:] == ["activity-exported", "activity-exported"]


def test_every_code_that_is_noted_has_words() -> None:
    root = Path(__file__).resolve().parents[3] / "saasbackup_desktop"
    noted_codes = {
        code
        for file in (root / "app").rglob("*.py")
        for code in re.findall(r'(?:@noted\(|\.note\()\s*"([a-z-]+)"', file.read_text())
    }
    assert noted_codes >= {"hold-placed", "tenant-added", "task-changed"}
    assert noted_codes - set(words.DEEDS) == set()
    assert set(kinds.SERVICES) <= set(words.DEEDS)
