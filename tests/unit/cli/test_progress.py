"""How jobs come along, for people and for programs."""

import json

import pytest

from saasbackup_desktop.cli import progress
from saasbackup_desktop.cli.output import Output
from saasbackup_desktop.cli.records import kind_words, subject_of
from saasbackup_desktop.core.export.values import Format, Pick
from saasbackup_desktop.core.ids import JobId, SnapshotId, StreamId
from saasbackup_desktop.core.jobs import Backup, Export, Job, State, Tally

STREAM = StreamId("a/mail")
NAMES = {STREAM: "anna@example.org"}


def job(state: State = State.RUNNING, **tally: object) -> Job:
    return Job(id=JobId("j"), spec=Backup(stream=STREAM), state=state, tally=Tally(**tally))  # type: ignore[arg-type]


def test_rates_are_taken_over_the_last_seconds() -> None:
    rates = progress.Rates()
    assert rates.sample(job(items_done=0), 100.0) == (0.0, 0.0)
    assert rates.sample(job(items_done=20, bytes_done=2000), 110.0) == (2.0, 200.0)
    assert rates.sample(job(items_done=40, bytes_done=2000), 120.0) == (2.0, 0.0)


def test_what_is_left() -> None:
    assert progress.seconds_left(Tally(items_done=5, items_total=10), 1.0, 0.0) == 5.0
    assert progress.seconds_left(Tally(bytes_done=50, bytes_total=150), 9.0, 10.0) == 10.0
    assert progress.seconds_left(Tally(items_done=5), 1.0, 1.0) is None
    assert progress.seconds_left(Tally(items_total=5), 0.0, 0.0) is None


def test_an_export_of_several_services_is_of_the_account() -> None:
    streams = (StreamId("a/calendar"), STREAM)
    picks = tuple(Pick(stream=one, snapshot=SnapshotId("s"), format=Format.PST) for one in streams)
    spec = Export(picks=picks, name="Letters", to="/media/usb")
    names = dict.fromkeys(streams, "anna@example.org")
    assert subject_of(Job(id=JobId("j"), spec=spec, state=State.RUNNING), names) == "anna@example.org"
    of_one = Export(picks=picks[:1], name="Letters", to="/media/usb")
    assert subject_of(Job(id=JobId("j"), spec=of_one, state=State.RUNNING), names) == "anna@example.org (calendars)"
    assert kind_words(spec) == "Export"


def test_figures() -> None:
    shown = progress.figures(job(items_done=1200, items_total=5000, bytes_done=1 << 20, failed=2), (100.0, 2048.0))
    assert shown == "1,200 of 5,000 · 1.0 MiB · 2.0 KiB/s · 38 s left · 2 failed"
    assert "waiting for the server until" in progress.figures(job(throttled_until=5), (0.0, 0.0))
    assert progress.figures(job(), (0.0, 0.0)) == ""


def test_headlines_name_the_folder_but_no_control_characters() -> None:
    shown = progress.headline(job(doing="fetching", where="IN\x1bBOX"), NAMES)
    assert shown == "anna@example.org: Reading messages in IN\N{REPLACEMENT CHARACTER}BOX"
    assert progress.headline(job(State.QUEUED), NAMES) == "anna@example.org: On queue"


def test_lines_come_when_the_state_changes_and_every_few_seconds(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    with progress.Lines(Output(False), NAMES) as shown:
        for moment, state in [(0.0, State.QUEUED), (0.1, State.RUNNING), (0.2, State.RUNNING), (6.0, State.RUNNING)]:
            now[0] = moment
            shown.show([job(state, doing="fetching")])
        shown.show([job(State.DONE)])
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(": ")[1] for line in lines] == ["On queue", "Reading messages", "Reading messages"]


def test_objects_are_json(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.Objects(Output(True), NAMES) as shown:
        shown.show([job(doing="fetching", items_done=3)])
        shown.show([job(doing="fetching", items_done=4)])
    written = capsys.readouterr()
    assert written.out == ""
    [record] = [json.loads(line) for line in written.err.splitlines()]
    assert record["type"] == "progress"
    assert record["items_done"] == 3


def test_bars_draw(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.Bars(Output(False), NAMES) as shown:
        shown.show([job(doing="fetching", items_done=3, items_total=10), job()])
    assert "Traceback" not in capsys.readouterr().err
