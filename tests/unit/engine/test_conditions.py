"""What keeps work that nobody started by hand waiting. What systems say is written after their documentation."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from saasbackup_desktop.core.ids import JobId, StreamId, TaskId
from saasbackup_desktop.core.jobs import BY_HAND, Backup, Initiator, Job, Origin, State
from saasbackup_desktop.core.schedule import Conditions, Span
from saasbackup_desktop.engine.conditions import Hindrance, hindrance, turn
from saasbackup_desktop.engine.machine import (
    ThisMachine,
    linux_metered,
    linux_on_battery,
    macos_on_battery,
    read_supplies,
    told,
    windows_metered,
    windows_on_battery,
)

NOON = int(datetime(2026, 5, 4, 12, tzinfo=UTC).timestamp())


@dataclass
class Laptop:
    battery: bool | None = False
    metered: bool | None = False
    asked: list[str] = field(default_factory=list)

    def on_battery(self) -> bool | None:
        self.asked.append("battery")
        return self.battery

    def on_metered(self) -> bool | None:
        self.asked.append("metered")
        return self.metered


def test_nothing_hinders_what_may_always_run() -> None:
    laptop = Laptop(battery=True, metered=True)
    assert hindrance(Conditions(), laptop, NOON, UTC) is None
    assert laptop.asked == []


def test_hours_without_backups_end() -> None:
    conditions = Conditions(blackout=(Span(start=540, end=1020),), on_battery=False)
    laptop = Laptop(battery=True)
    assert hindrance(conditions, laptop, NOON, UTC) == (Hindrance.BLACKOUT, NOON + 5 * 3600)
    assert laptop.asked == []
    assert hindrance(conditions, laptop, NOON + 5 * 3600, UTC) == (Hindrance.BATTERY, None)
    always = Conditions(blackout=(Span(start=0, end=1440),))
    assert hindrance(always, laptop, NOON, UTC) == (Hindrance.BLACKOUT, None)


def test_battery_and_network_paid_by_volume() -> None:
    conditions = Conditions(on_battery=False, on_metered=False)
    assert hindrance(conditions, Laptop(battery=True, metered=True), NOON, UTC) == (Hindrance.BATTERY, None)
    assert hindrance(conditions, Laptop(metered=True), NOON, UTC) == (Hindrance.METERED, None)
    assert hindrance(conditions, Laptop(), NOON, UTC) is None


def test_what_cannot_be_told_hinders_nothing() -> None:
    assert hindrance(Conditions(on_battery=False, on_metered=False), Laptop(None, None), NOON, UTC) is None


MAINS = {"type": "Mains", "online": "1"}
UNPLUGGED = {"type": "Mains", "online": "0"}
MOUSE = {"type": "Battery", "status": "Discharging", "scope": "Device"}


@pytest.mark.parametrize(
    ("supplies", "expected"),
    [
        ([], False),
        ([MAINS], False),
        ([MOUSE], False),
        ([MAINS, {"type": "Battery", "status": "Charging"}], False),
        ([MAINS, {"type": "Battery", "status": "Discharging"}], False),  # a weak adapter
        ([UNPLUGGED, {"type": "Battery", "status": "Discharging"}, MOUSE], True),
        ([UNPLUGGED, {"type": "USB", "online": "1"}, {"type": "Battery", "status": "Charging"}], False),
        ([{"type": "Battery", "status": "Full"}, {"type": "Battery", "status": "Discharging"}], True),
        ([{"type": "Battery", "status": "Full"}], False),
        ([{"type": "Battery", "status": "Unknown"}], None),
        ([{"type": "Battery"}], None),
    ],
)
def test_linux_says_where_power_comes_from(supplies: list[dict[str, str]], expected: bool | None) -> None:
    assert linux_on_battery(supplies) is expected


def test_supplies_are_read_from_files(tmp_path: Path) -> None:
    for name, said in {"AC": UNPLUGGED, "BAT0": {"type": "Battery", "status": "Discharging"}}.items():
        (tmp_path / name).mkdir()
        for key, value in said.items():
            (tmp_path / name / key).write_text(value + "\n")
    assert linux_on_battery(read_supplies(tmp_path)) is True
    assert read_supplies(tmp_path / "nothing") == []


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        *(("u 1", True), ("u 3", True), ("u 2", False), ("u 4", False), ("u 0", None), ("", None), ("u 44", None)),
        *(("(<uint32 1>,)", True), ("(<uint32 4>,)", False), ("Error: unknown name 1", None)),
    ],
)
def test_linux_says_whether_a_network_is_paid_by_volume(said: str, expected: bool | None) -> None:
    assert linux_metered(said) is expected


@pytest.mark.parametrize(
    ("line", "battery", "expected"),
    [(0, 1, True), (0, 2, True), (1, 8, False), (1, 128, False), (0, 128, False), (255, 255, None), (0, 255, True)],
)
def test_windows_says_where_power_comes_from(line: int, battery: int, expected: bool | None) -> None:
    assert windows_on_battery(line, battery) is expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Unrestricted False False", False),
        ("Fixed False False", True),
        ("Variable False False", True),
        ("Unrestricted True False", True),
        ("Unrestricted False True", True),
        ("Unknown False False", None),
        ("", None),
    ],
)
def test_windows_says_whether_a_network_is_paid_by_volume(said: str, expected: bool | None) -> None:
    assert windows_metered(said) is expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Now drawing from 'AC Power'\n -InternalBattery-0 (id=4653155)\t100%; charged; 0:00 remaining", False),
        ("Now drawing from 'Battery Power'\n -InternalBattery-0 (id=4653155)\t97%; discharging; 6:02 remaining", True),
        ("Now drawing from 'UPS Power'", True),
        ("Now drawing from 'AC Power'", False),
        ("", None),
    ],
)
def test_macos_says_where_power_comes_from(said: str, expected: bool | None) -> None:
    assert macos_on_battery(said) is expected


def test_programs_that_are_not_there_say_nothing() -> None:
    assert told("no-such-program-anywhere") == ""
    assert told("false") == ""


def test_this_computer_answers_somehow() -> None:
    machine = ThisMachine()
    assert machine.on_battery() in (True, False, None)
    first = machine.on_metered()
    assert first in (True, False, None)
    assert machine.on_metered() is first


# --- jobs that have begun ---------------------------------------------------------------------------------------------

TASK = Origin(initiator=Initiator.SCHEDULE, task=TaskId("1"))


def job(name: str, state: State, origin: Origin = TASK) -> Job:
    return Job(id=JobId(name), spec=Backup(stream=StreamId(f"{name}/mail")), state=state, origin=origin)


def test_what_is_scheduled_is_paused_once() -> None:
    jobs = [
        job("runs", State.RUNNING),
        job("waits", State.WAITING),
        job("queued", State.QUEUED),
        job("by hand", State.RUNNING, BY_HAND),
        job("by a rule", State.RUNNING, Origin(initiator=Initiator.RULE)),
        job("paused", State.PAUSED),
        job("stopping", State.STOPPING),
    ]
    first = turn(jobs, {}, is_blackout=True)
    assert set(first.pause) == {"runs", "waits", "queued"}
    assert first.held == {"runs": False, "waits": False, "queued": False}
    assert first.resume == ()
    # Whoever was interrupted before it was done does it again; who was seen to rest and runs was told to by a person.
    seen = turn(
        [job("runs", State.PAUSED), job("waits", State.PAUSING), job("queued", State.QUEUED)],
        first.held,
        is_blackout=True,
    )
    assert (seen.pause, seen.held) == (["queued"], {"runs": True, "waits": False, "queued": False})
    again = turn([job("runs", State.RUNNING)], seen.held, is_blackout=True)
    assert (again.pause, again.held) == ([], {"runs": True})


def test_afterwards_they_go_on() -> None:
    held = {JobId("rests"): True, JobId("pausing"): False, JobId("runs"): True, JobId("gone"): True}
    jobs = [
        job("rests", State.PAUSED),
        job("pausing", State.PAUSING),
        job("runs", State.RUNNING),
        job("paused by a person", State.PAUSED),
    ]
    said = turn(jobs, held, is_blackout=False)
    assert (said.pause, said.resume, said.held) == ((), ["rests"], {"pausing": False})
