"""Everything of a pretend tenant's mailbox becomes files: one data file of all services, or each in its own form."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from saasbackup_desktop.app.destinations.store import DestinationStore
from saasbackup_desktop.app.exports.doors import HomeExports
from saasbackup_desktop.app.exports.passwords import ExportPasswords
from saasbackup_desktop.core.export.values import Format, Packing, Pick
from saasbackup_desktop.core.ids import JobId, StreamId
from saasbackup_desktop.core.jobs import Export
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.core.traffic import unlimited
from saasbackup_desktop.engine.exporting.choosing import choose
from saasbackup_desktop.engine.exporting.exporting import export
from saasbackup_desktop.engine.meter import Meter
from saasbackup_desktop.providers.files.pstcheck.check import check
from saasbackup_desktop.sim.letters import letters
from tests.graph.home import Home, Journal
from tests.graph.planner import fill_calendars, fill_contacts, fill_tasks, mailbox_of, organizer
from tests.graph.stage import Stage

DATED = (Service.MAIL, Service.CALENDAR, Service.CONTACTS, Service.TASKS)


@pytest.fixture
def home(tmp_path: Path, stage: Stage) -> Iterator[Home]:
    home = Home(tmp_path, stage)
    key = bytes(32)
    destinations = DestinationStore(tmp_path / "destinations.sealed", key)
    exports = HomeExports(ExportPasswords(tmp_path / "exports", key), destinations, unlimited())
    home.bench = replace(home.bench, exports=exports, scratch=tmp_path / "scratch")
    (tmp_path / "out").mkdir()
    yield home
    home.close()


async def _saved(stage: Stage, home: Home) -> dict[Service, StreamId]:
    truth = organizer(stage)
    fill_calendars(truth)
    fill_contacts(truth)
    fill_tasks(truth)
    mailbox = mailbox_of(truth)
    filed = mailbox.make_folder("Filed", mailbox.known["inbox"])["id"]
    for number, one in enumerate(letters("export", 12, 900)):
        place = ("inbox", filed, "recoverableitemspurges")[number % 3]
        mailbox.deliver(one.data, place, moment=one.internal_date.timestamp())
    stage.clock.time += 60
    streams = {service: home.doors.protect(mailbox, service) for service in DATED}
    for stream in streams.values():
        await home.back_up(stream)
    return streams


def _spec(home: Home, tmp_path: Path, formats: dict[StreamId, Format], name: str) -> Export:
    picks = tuple(
        Pick(stream=stream, snapshot=home.catalog.snapshots(stream)[0].id, format=format)
        for stream, format in formats.items()
    )
    return Export(picks=picks, name=name, to=str(tmp_path / "out"))


async def _run(home: Home, spec: Export) -> tuple[Meter, Journal]:
    meter, journal = Meter(), Journal(job=JobId(spec.name))
    await export(home.bench, spec, meter, journal)
    return meter, journal


async def test_all_services_in_one_data_file(stage: Stage, home: Home, tmp_path: Path) -> None:
    streams = await _saved(stage, home)
    spec = _spec(home, tmp_path, dict.fromkeys(streams.values(), Format.PST), "All")
    held = sum(len(home.items(stream)) for stream in streams.values())
    meter, journal = await _run(home, spec)
    assert (meter.added, meter.failed, journal.failures) == (held - 4, 0, [])
    report = check(tmp_path / "out" / "All" / "All.pst")
    assert not report.findings
    # What is there for legal hold comes along only if somebody wants it.
    meter, _ = await _run(home, replace(spec, name="Hold", recoverable=True))
    assert meter.added == held


async def test_each_service_in_its_own_form(stage: Stage, home: Home, tmp_path: Path) -> None:
    streams = await _saved(stage, home)
    own = {
        Service.MAIL: Format.MBOX,
        Service.CALENDAR: Format.ICS,
        Service.CONTACTS: Format.VCF,
        Service.TASKS: Format.ICS,
    }
    spec = _spec(home, tmp_path, {streams[service]: format for service, format in own.items()}, "Own")
    meter, journal = await _run(home, replace(spec, recoverable=True))
    assert (meter.failed, journal.failures) == (0, [])
    assert meter.verified == meter.added == sum(len(home.items(stream)) for stream in streams.values())
    found = {file.suffix for file in (tmp_path / "out" / "Own").rglob("*") if file.is_file()}
    assert {".mbox", ".ics", ".vcf"} <= found
    tops = {one.name for one in (tmp_path / "out" / "Own").iterdir() if one.is_dir()}
    assert tops == {"Mail", "Calendar", "Contacts", "Tasks"}


@pytest.mark.parametrize("format", [Format.JSON, Format.CSV])
async def test_tables_and_what_the_service_tells(stage: Stage, home: Home, tmp_path: Path, format: Format) -> None:
    streams = await _saved(stage, home)
    spec = _spec(home, tmp_path, dict.fromkeys(streams.values(), format), "Raw")
    meter, journal = await _run(home, replace(spec, packing=Packing.ZIP, recoverable=True))
    assert (meter.failed, journal.failures) == (0, [])
    assert meter.verified == sum(len(home.items(stream)) for stream in streams.values())
    assert (tmp_path / "out" / "Raw.zip").exists()


async def test_the_order_stays_whatever_is_backed_up_later(stage: Stage, home: Home, tmp_path: Path) -> None:
    streams = await _saved(stage, home)
    spec = _spec(home, tmp_path, {streams[Service.MAIL]: Format.EML}, "Order")
    accounts = {stream: home.doors.account(stream)[0] for stream in streams.values()}
    before = choose(home.catalog, home.bench.exports, spec, accounts)
    names = [item.id for one in before.stations for _, item in one.read(home.catalog) if item is not None]
    mailbox = next(iter(stage.tenant.mailboxes.values()))
    mailbox.remove(next(iter(mailbox.messages)))
    stage.clock.time += 60
    await home.back_up(streams[Service.MAIL])
    after = choose(home.catalog, home.bench.exports, spec, accounts)
    assert after.digest() == before.digest()
    assert names == [item.id for one in after.stations for _, item in one.read(home.catalog) if item is not None]
