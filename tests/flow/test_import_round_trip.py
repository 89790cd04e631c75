"""Out of the vault and in again: what exports write, imports read."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.exports.views import ExportRequest
from saasbackup_desktop.app.imports.views import ImportRequest
from saasbackup_desktop.app.views import Order, StreamCard
from saasbackup_desktop.core import codec
from saasbackup_desktop.core.export.values import Format, Packing, Pick
from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.core.jobs import Job, State
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.core.selection import Selection
from tests.flow.stage import desk_in
from tests.flow.test_import import CALENDAR, CARD, message

PICTURE = b"\x89PNG" + bytes(range(256)) * 20
Held = dict[str, list[tuple[str, tuple[str, ...], int | None, bytes]]]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async for desk in desk_in(tmp_path):
        yield desk


@pytest.fixture
def originals(tmp_path: Path) -> Path:
    folder = tmp_path / "Everything"
    (folder / "Inbox" / "Plans").mkdir(parents=True)
    for number in range(4):
        (folder / "Inbox" / f"{number}.eml").write_bytes(message(number, "X-Unsent: 1\r\n" if number == 3 else ""))
    (folder / "Inbox" / "Plans" / "from.eml").write_bytes(message(9) + b"From here on\r\n>From there\r\n")
    (folder / "family.ics").write_bytes(CALENDAR)
    (folder / "friends.vcf").write_bytes(CARD + CARD.replace(b"ada", b"bob").replace(b"Ada", b"Bob"))
    return folder


async def over(desk: Desk, ids: Sequence[JobId]) -> list[Job]:
    async with asyncio.timeout(60):
        for id in ids:
            while not (await desk.job(id)).state.is_over:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    return [await desk.job(id) for id in ids]


async def imported(desk: Desk, name: str, path: Path, password: str | None = None) -> dict[Service, StreamCard]:
    jobs = await over(desk, await desk.imports.start(ImportRequest(paths=(str(path),), name=name), password))
    assert {(job.state, job.tally.failed) for job in jobs} == {(State.DONE, 0)}
    return {card.service: card for card in await desk.cards() if card.account.address == name}


async def held(desk: Desk, card: StreamCard) -> Held:
    """Names, states, moments and bytes of what a service has, by folder."""
    found: Held = {}
    assert card.last is not None
    for row in await desk.folders(card.stream, card.last.id):
        ids = await desk.row_ids(card.stream, card.last.id, row.folder.id, Order.NAME, False)
        items = [one.item for one in await desk.rows(list(ids))]
        if items:
            found[row.path] = sorted([(one.name, one.flags, one.time, await desk.read(one)) for one in items])
    return found


async def exported(
    desk: Desk, to: Path, cards: Sequence[StreamCard], format: Format, packing: Packing, password: str | None = None
) -> Path:
    to.mkdir()  # noqa: ASYNC240
    picks = tuple(
        Pick(stream=card.stream, snapshot=card.last.id, format=format) for card in cards if card.last is not None
    )
    request = ExportRequest(picks=picks, to=str(to), name="Taken out", packing=packing)
    [job] = await over(desk, [await desk.exports.start(request, password)])
    assert job.state is State.DONE, (job, await desk.failures(job.id))
    return to


@pytest.mark.parametrize(("format", "packing"), [(Format.EML, Packing.FOLDER), (Format.MBOX, Packing.ZIP)])
async def test_mail_comes_back_to_the_last_byte(
    desk: Desk, originals: Path, tmp_path: Path, format: Format, packing: Packing
) -> None:
    before = (await imported(desk, "Before", originals))[Service.MAIL]
    password = "open sesame" if packing is Packing.ZIP else None
    place = await exported(desk, tmp_path / "out", [before], format, packing, password)
    after = (await imported(desk, "After", place, password))[Service.MAIL]
    assert _without_tops(await held(desk, after)) == _without_tops(await held(desk, before))


async def test_calendars_and_contacts_come_back(desk: Desk, originals: Path, tmp_path: Path) -> None:
    before = await imported(desk, "Before", originals)
    for service, format in (
        (Service.CALENDAR, Format.ICS),
        (Service.TASKS, Format.ICS),
        (Service.CONTACTS, Format.VCF),
    ):
        place = await exported(desk, tmp_path / service.value, [before[service]], format, Packing.FOLDER)
        after = await imported(desk, f"After {service.value}", place)
        assert _without_tops(await held(desk, after[service])) == _without_tops(await held(desk, before[service]))


async def test_what_is_picked_of_a_series_tells_of_none_of_its_other_events(desk: Desk, tmp_path: Path) -> None:
    came = tmp_path / "series.ics"
    dates = b"RDATE:20240302T110000Z,20240303T120000Z,20240304T130000Z\r\n"
    came.write_bytes(CALENDAR.replace(b"SUMMARY:Dentist", dates + b"SUMMARY:Dentist"))
    card = (await imported(desk, "Before", came))[Service.CALENDAR]
    assert card.last is not None
    [folder] = [row for row in await desk.folders(card.stream, card.last.id) if row.items]
    ids = await desk.row_ids(card.stream, card.last.id, folder.folder.id, Order.TIME, False)
    rows = sorted(await desk.rows(list(ids)), key=lambda row: row.item.time or 0)
    third = rows[2].item
    assert third.time is not None
    days = ("20240301T09", "20240302T11", "20240303T12", "20240304T13")
    for number, (selection, there) in enumerate(
        (
            (Selection(items=(third.id,)), days[2:3]),
            (Selection(since=third.time), days[2:]),
            (Selection(folders=(folder.folder.id,), until=third.time), days[:2]),
            (Selection(folders=(folder.folder.id,)), days),
            (Selection(), days),
        )
    ):
        to = tmp_path / f"{number}"
        to.mkdir()
        pick = Pick(stream=card.stream, snapshot=card.last.id, selection=selection, format=Format.ICS)
        [job] = await over(desk, [await desk.exports.start(ExportRequest(picks=(pick,), to=str(to), name="Taken out"))])
        assert (job.state, job.tally.added) == (State.DONE, len(there))
        [file] = to.rglob("*.ics")
        text = file.read_bytes()
        assert [day for day in days if day.encode() in text] == [*there]
        assert (b"RDATE" in text) is (there == days)
        assert b"X-SAASBACKUP-TEXT" not in text


async def test_a_data_file_brings_all_services_back(desk: Desk, originals: Path, tmp_path: Path) -> None:
    before = await imported(desk, "Before", originals)
    services = (Service.MAIL, Service.CALENDAR, Service.CONTACTS)
    place = await exported(desk, tmp_path / "pst", [before[one] for one in services], Format.PST, Packing.FOLDER)
    after = await imported(desk, "After", place)
    for service in services:
        old, new = await held(desk, before[service]), await held(desk, after[service])
        assert [path.rpartition("/")[2] for path in new] == [path.rpartition("/")[2] for path in old]
        for was, found in zip(old.values(), new.values(), strict=True):
            assert [(name, flags) for name, flags, _, _ in found] == [(name, flags) for name, flags, _, _ in was]
            for (*_, first), (*_, second) in zip(was, found, strict=True):
                assert _told(service, second) == _told(service, first)


def _told(service: Service, data: bytes) -> object:
    if service is Service.MAIL:
        return data.partition(b"\r\n\r\n")[2].strip()
    plain = codec.loads(data)
    return {name: plain.get(name) for name in ("subject", "start", "displayName", "emailAddresses", "iCalUId")}


def _without_tops(found: Held) -> Held:
    """Whatever stands above what both have."""
    depth = len(set.intersection(*(set(enumerate(path.split("/")[:-1])) for path in found)))
    return {"/".join(path.split("/")[depth:]): items for path, items in found.items()}
