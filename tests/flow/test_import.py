"""Archives of other programs, brought into the vault and found there again."""

import asyncio
import mailbox as mailboxes
import zipfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
import pyzipper

from saasbackup_desktop.app.activity.views import ActivityQuery
from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.drills.views import PROVEN
from saasbackup_desktop.app.exports.views import ExportRequest, ExportStatus
from saasbackup_desktop.app.imports import imports
from saasbackup_desktop.app.imports.views import ImportRequest
from saasbackup_desktop.app.tasks.views import Task
from saasbackup_desktop.app.views import Health, Order, Query, StreamCard
from saasbackup_desktop.app.words.faults import failure_words, words_for
from saasbackup_desktop.app.words.states import Tone, card_status
from saasbackup_desktop.cli.exits import ExitCode
from saasbackup_desktop.cli.imports import foreseen
from saasbackup_desktop.core.errors import ArchiveLocked, ArchiveMissing, ArchiveUnreadable, Misconfigured
from saasbackup_desktop.core.export.values import Format, Pick
from saasbackup_desktop.core.ids import JobId, StreamId, TaskId
from saasbackup_desktop.core.jobs import Import, Job, State
from saasbackup_desktop.core.model import Item, Provider, Role, Service, SnapshotStatus, service_of
from saasbackup_desktop.core.retention import Keep
from saasbackup_desktop.core.schedule import Rhythm, Schedule
from saasbackup_desktop.core.selection import Selection
from tests.flow.stage import desk_in


def message(number: int, more: str = "") -> bytes:
    return (
        f"From: Ada <ada@example.org>\r\nTo: bob@example.org\r\nSubject: Letter {number}\r\n"
        f"Date: Mon, 0{number % 9 + 1} Jan 2024 10:00:00 +0000\r\nMessage-ID: <{number}@example.org>\r\n{more}"
        f"\r\nDear Bob,\r\n\r\nthis is letter {number}.\r\n"
    ).encode()


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async for desk in desk_in(tmp_path):
        yield desk


@pytest.fixture
def archives(tmp_path: Path) -> Path:
    folder = tmp_path / "Old mail"
    (folder / "Inbox").mkdir(parents=True)
    for number in range(3):
        (folder / "Inbox" / f"{number}.eml").write_bytes(message(number))
    box = mailboxes.mbox(folder / "Sent.mbox")
    for number in range(10, 15):
        box.add(message(number, "Status: RO\r\n" if number % 2 else "Status: O\r\n"))
    box.close()
    return folder


async def imported(desk: Desk, name: str, *paths: Path, password: str | None = None) -> list[Job]:
    return await over(desk, await desk.imports.start(ImportRequest(paths=tuple(map(str, paths)), name=name), password))


async def over(desk: Desk, ids: Sequence[JobId]) -> list[Job]:
    async with asyncio.timeout(60):
        for id in ids:
            while not (await desk.job(id)).state.is_over:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    return [await desk.job(id) for id in ids]


async def card_of(desk: Desk, name: str) -> StreamCard:
    [card] = [one for one in await desk.cards() if one.account.address == name]
    return card


async def items_of(desk: Desk, stream: StreamId) -> dict[str, list[Item]]:
    newest = (await desk.snapshots(stream))[0]
    found: dict[str, list[Item]] = {}
    for row in await desk.folders(stream, newest.id):
        ids = await desk.row_ids(stream, newest.id, row.folder.id, Order.NAME, False)
        found[row.path] = [one.item for one in await desk.rows(list(ids))]
    return found


async def test_files_and_mailboxes_become_an_account_that_can_be_read(desk: Desk, archives: Path) -> None:
    survey = await desk.imports.survey([str(archives)])
    assert survey.is_whole
    assert survey.name == "Old mail"
    assert survey.kinds == {"eml": 3, "mbox": 1}
    assert [(one.service, one.folders, one.items) for one in survey.services] == [("mail", 2, 8)]
    [job] = await imported(desk, survey.name, archives)
    assert (job.state, job.tally.added, job.tally.failed) == (State.DONE, 8, 0)
    card = await card_of(desk, "Old mail")
    assert (card.health, card.connection, card.account.provider) == (Health.IMPORTED, None, Provider.FILE)
    found = await items_of(desk, card.stream)
    assert {path: len(items) for path, items in found.items()} == {"Inbox": 3, "Sent": 5}
    bodies = sorted([await desk.read(item) for item in found["Inbox"]])
    assert bodies == [message(number) for number in range(3)]
    by_name = {item.name: item for item in found["Sent"]}
    assert by_name["Letter 11"].flags == ("\\Seen",)
    assert by_name["Letter 10"].flags == ()
    assert by_name["Letter 12"].facets["from"] == "Ada <ada@example.org>"
    [newest] = await desk.snapshots(card.stream)
    folders = {row.path: row.folder.role for row in await desk.folders(card.stream, newest.id)}
    assert folders == {"Inbox": Role.INBOX, "Sent": Role.SENT}


async def test_the_same_files_again_add_nothing_and_newer_ones_what_is_new(desk: Desk, archives: Path) -> None:
    [first] = await imported(desk, "Old mail", archives)
    [again] = await imported(desk, "Old mail", archives)
    assert again.id != first.id
    assert (again.state, again.tally.added) == (State.DONE, 0)
    assert again.snapshot == first.snapshot
    box = mailboxes.mbox(archives / "Sent.mbox")
    box.remove(0)
    box.add(message(20))
    box.close()
    [third] = await imported(desk, "old MAIL", archives)
    assert (third.tally.added, third.tally.removed) == (1, 0)
    card = await card_of(desk, "Old mail")
    assert card.last is not None
    assert card.last.items == 9
    assert card.snapshots == 2


async def test_what_cannot_be_read_is_named_and_can_be_skipped(desk: Desk, archives: Path) -> None:
    (archives / "Inbox" / "junk.eml").write_bytes(bytes(range(256)))
    (archives / "Inbox" / "nothing.eml").touch()
    (archives / "mail.pst").write_bytes(b"no data file")
    [job] = await imported(desk, "Old mail", archives)
    assert (job.state, job.tally.added, job.tally.failed) == (State.PARTIAL, 8, 3)
    failures = {one.name or one.path: (one.code, one.detail) for one in await desk.failures(job.id)}
    assert failures["junk.eml"] == ("item-unreadable", "no-message")
    assert failures["nothing.eml"] == ("item-unreadable", "empty")
    assert {code for code, _ in failures.values()} == {"item-unreadable", "archive-unreadable"}
    card = await card_of(desk, "Old mail")
    assert card.last is not None
    assert card.last.status is SnapshotStatus.PARTIAL
    assert card_status(card).label == "Imported in part"
    assert await desk.skip(job.id) == 3
    [again] = await imported(desk, "Old mail", archives)
    assert (again.state, again.tally.failed) == (State.DONE, 0)


async def test_a_file_that_could_not_be_read_is_owed_until_it_can_be(desk: Desk, archives: Path) -> None:
    (archives / "half.zip").write_bytes(b"PK\x03\x04 and no end")
    for _ in range(2):  # once more makes no other point in time, and says it again
        [job] = await imported(desk, "Old mail", archives)
        assert (job.state, job.tally.failed) == (State.PARTIAL, 1)
        assert len(await desk.snapshots((await card_of(desk, "Old mail")).stream)) == 1
    (archives.parent / "other.eml").write_bytes(message(20))
    [job] = await imported(desk, "Old mail", archives.parent / "other.eml")
    assert (job.state, job.tally.added, job.tally.failed) == (State.PARTIAL, 1, 1)
    [failure] = await desk.failures(job.id)
    assert (failure.path, failure.detail) == ("Old mail/half.zip", "damaged")
    with zipfile.ZipFile(archives / "half.zip", "w") as packed:
        packed.writestr("whole.eml", message(21))
    [job] = await imported(desk, "Old mail", archives / "half.zip")
    assert (job.state, job.tally.added, job.tally.failed) == (State.DONE, 1, 0)
    assert card_status(await card_of(desk, "Old mail")).label == "Imported"


async def test_files_with_nothing_to_import_are_counted_and_named(desk: Desk, archives: Path) -> None:
    (archives / "Inbox" / "photo.jpg").write_bytes(bytes(range(256)))
    (archives / "Inbox" / "4.saved").write_bytes(message(4))
    survey = await desk.imports.survey([str(archives)])
    assert (survey.passed, survey.passed_over, survey.broken) == (1, ["Old mail/Inbox/photo.jpg"], 0)
    [job] = await imported(desk, "Old mail", archives)
    assert (job.state, job.tally.added, job.tally.failed) == (State.DONE, 9, 0)
    [noted] = [line.facts for line in await desk.log(job.id) if line.code == "import-passed"]
    assert noted == {"count": 1, "names": "Old mail/Inbox/photo.jpg"}


@pytest.mark.parametrize(
    ("name", "exit"),
    [
        ("nope.pst", ExitCode.USAGE),
        ("half.pst", ExitCode.FAILED),
        ("photo.jpg", ExitCode.USAGE),
        ("none.mbox", ExitCode.USAGE),
    ],
)
async def test_a_look_ends_as_an_import_would(desk: Desk, archives: Path, name: str, exit: ExitCode) -> None:
    (archives / "half.pst").write_bytes(b"!BDN and no end")
    (archives / "photo.jpg").write_bytes(bytes(range(256)))
    (archives / "none.mbox").touch()
    assert foreseen(await desk.imports.survey([str(archives / name)])) is exit
    assert foreseen(await desk.imports.survey([str(archives / "Inbox")])) is ExitCode.DONE
    assert foreseen(await desk.imports.survey([str(archives)])) is ExitCode.PARTIAL


async def test_what_is_not_there_is_said_before_anything_begins(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(ArchiveMissing):
        await imported(desk, "Old mail", tmp_path / "nowhere.pst")
    (tmp_path / "empty").mkdir()
    with pytest.raises(Misconfigured, match="nothing to import"):
        await imported(desk, "Old mail", tmp_path / "empty")
    (tmp_path / "half.pst").write_bytes(b"!BDN and no end")
    with pytest.raises(ArchiveUnreadable) as caught:
        await imported(desk, "Old mail", tmp_path / "half.pst")
    assert caught.value.facts == {"name": "half.pst", "reason": "damaged"}
    faults: Sequence[str] = [await desk.imports.name_fault(name) for name in (" ", "a:b", "fine")]
    assert faults == ["no-import-name", "bad-import-name", ""]


async def test_a_locked_zip_opens_with_its_password_and_says_so_without(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "Locked.zip"
    with pyzipper.AESZipFile(file, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as packed:
        packed.setpassword(b"open sesame")
        packed.writestr("Inbox/one.eml", message(1, f"X-Filler: {'long ' * 2000}\r\n"))
        packed.writestr("Inbox/two.eml", message(2))
    for password in (None, "open the door"):
        survey = await desk.imports.survey([str(file)], password)
        assert survey.needs_password
        assert [(one.path, one.code) for one in survey.unreadable] == [("Locked.zip", "archive-locked")]
        assert foreseen(survey) is ExitCode.USAGE
        with pytest.raises(ArchiveLocked):
            await imported(desk, "Locked", file, password=password)
    [job] = await imported(desk, "Locked", file, password="open sesame")
    assert (job.state, job.tally.added) == (State.DONE, 2)
    assert "sesame" not in str(job)
    sealed = tmp_path / "home" / "imports.sealed"
    before = sealed.stat().st_size
    await desk.imports.tend()
    assert sealed.stat().st_size < before
    await imported(desk, "Locked again", file, password="open sesame")
    assert sealed.stat().st_size == before
    await desk.close()  # no agent tends it
    assert sealed.stat().st_size < before


async def test_an_imported_account_is_nobodys_to_back_up(desk: Desk, archives: Path) -> None:
    await imported(desk, "Old mail", archives)
    card = await card_of(desk, "Old mail")
    status = card_status(card)
    assert (status.label, status.tone) == ("Imported", Tone.QUIET)
    task = Task(id=TaskId(""), name="Everything", schedule=Schedule(rhythm=Rhythm.DAILY), keep=Keep(days=1))
    view = await desk.tasks.put(task)
    assert (view.accounts, view.streams) == (0, 0)
    assert await desk.tasks.covers(task) == []
    [job] = await over(desk, [await desk.backup(card.stream)])
    assert (job.state, job.facts["what"]) == (State.FAILED, "imported-only")
    assert (await card_of(desk, "Old mail")).health is Health.IMPORTED
    [monitored] = [await desk.status()]
    assert not {"never", "failed", "partial"} & set(monitored.reasons)
    await desk.hold(card.stream, label="court")
    assert [hold.label for hold in await desk.holds()] == ["court"]


async def test_reports_and_activity_name_what_was_imported(desk: Desk, archives: Path) -> None:
    (archives / "mail.pst").write_bytes(b"no data file")
    [job] = await imported(desk, "Old mail", archives)
    report = await desk.reports.usage()
    [customers, accounts] = report.tables
    assert [row[:2] for row in customers.rows] == [("", "file")]
    assert [row[1:4] for row in accounts.rows] == [("Old mail", "", "imported")]
    assert b"Imported" in await desk.reports.csv(report)
    assert dict((await desk.reports.summary()).facts)["protected"] == 0
    failures = await desk.reports.csv(await desk.reports.failures())
    assert b"not of the kind that its name ends in" in failures
    found = {one.code: one for one in (await desk.activity.page(ActivityQuery())).entries}
    assert (found["import"].service, found["import"].item) == ("file", "Old mail")
    assert (found["import-asked"].service, found["import-asked"].item) == ("file", "Old mail")
    assert [failure_words(one).title for one in await desk.failures(job.id)] == ["Not what its name says"]


async def test_a_drill_proves_what_was_imported_from_the_vault_alone(desk: Desk, archives: Path) -> None:
    await imported(desk, "Old mail", archives)
    card = await card_of(desk, "Old mail")
    [job] = await over(desk, await desk.drills.run([card.stream]))
    assert job.state is State.DONE
    [proof] = await desk.drills.proofs()
    assert (proof.outcome, proof.read, proof.facts["source"]) == (PROVEN, 8, "not-asked")


CALENDAR = b"""BEGIN:VCALENDAR\r
VERSION:2.0\r
X-WR-CALNAME:Family\r
BEGIN:VEVENT\r
UID:one@example.org\r
DTSTAMP:20240101T000000Z\r
DTSTART:20240301T090000Z\r
DTEND:20240301T100000Z\r
SUMMARY:Dentist\r
END:VEVENT\r
BEGIN:VTODO\r
UID:two@example.org\r
SUMMARY:Buy bread\r
END:VTODO\r
END:VCALENDAR\r
"""
CARD = b"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:ada\r\nFN:Ada Lovelace\r\nEMAIL:ada@example.org\r\nEND:VCARD\r\n"


async def test_a_zip_of_everything_becomes_an_account_with_all_services(desk: Desk, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "Takeout.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("Mail/Inbox/one.eml", message(1))
        packed.writestr("Calendar/family.ics", CALENDAR)
        packed.writestr("Contacts/friends.vcf", CARD)
        packed.writestr("readme.txt", "nothing")
    jobs = await imported(desk, "Takeout", tmp_path / "Takeout.zip")
    assert [(job.state, job.tally.added) for job in jobs] == [(State.DONE, 1)] * 4
    cards = {card.service: card for card in await desk.cards()}
    assert list(cards) == [Service.MAIL, Service.CALENDAR, Service.CONTACTS, Service.TASKS]
    found = {service: await items_of(desk, card.stream) for service, card in cards.items()}
    assert [*found[Service.CALENDAR]] == ["Calendar", "Calendar/Family"]
    [event] = found[Service.CALENDAR]["Calendar/Family"]
    assert (event.name, event.time) == ("Dentist", 1709283600)
    assert b"Dentist" in await desk.read(event)
    assert found[Service.CONTACTS]["Contacts/friends"][0].name == "Ada Lovelace"
    assert found[Service.TASKS]["Calendar/Family"][0].name == "Buy bread"
    hits = await desk.search(Query(words="Dentist"))
    assert [row.item.id for row in hits.rows] == [event.id]


async def test_no_service_is_left_out_because_looking_takes_long(
    desk: Desk, archives: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (archives / "b.vcf").write_bytes(CARD)
    (archives / "c.ics").write_bytes(CALENDAR)
    monkeypatch.setattr(imports, "_LOOK", 0.0)
    jobs = await imported(desk, "Old mail", archives)
    found = {service_of(job.spec.stream).value: job.tally.added for job in jobs if isinstance(job.spec, Import)}
    assert found == {"mail": 8, "calendar": 1, "contacts": 1, "tasks": 1, "notes": 0}
    monkeypatch.setattr(imports, "_GLANCE", 0.0)
    jobs = await imported(desk, "Once more", archives)
    assert sorted(job.tally.added for job in jobs) == [0, 1, 1, 1, 8]


async def test_what_was_imported_in_part_is_exported_in_part(desk: Desk, archives: Path, tmp_path: Path) -> None:
    (archives / "half.zip").write_bytes(b"PK\x03\x04 and nothing more")
    [job] = await imported(desk, "Old mail", archives)
    assert job.state is State.PARTIAL
    card = await card_of(desk, "Old mail")
    [point] = await desk.snapshots(card.stream)
    out = tmp_path / "out"
    out.mkdir()

    async def exported(name: str, selection: Selection) -> tuple[ExportStatus, int, Job]:
        pick = Pick(stream=card.stream, snapshot=point.id, format=Format.EML, selection=selection)
        [over_] = await over(desk, [await desk.exports.start(ExportRequest(picks=(pick,), to=str(out), name=name))])
        result = await desk.exports.result(over_.id)
        return result.status, result.failed, over_

    status, failed, whole = await exported("all", Selection())
    assert (status, failed, whole.state, whole.tally.failed) == (ExportStatus.PARTIAL, 1, State.PARTIAL, 1)
    [failure] = await desk.failures(whole.id)
    words = failure_words(failure)
    assert failure.code == "point-partial"
    [file] = out.rglob("Not exported in full*.csv")
    [line] = file.read_text(encoding="utf-8-sig").splitlines()[1:]
    assert words.what in line
    letter = (await items_of(desk, card.stream))["Sent"][0]
    status, failed, one = await exported("one", Selection(items=(letter.id,)))  # it is there, whole
    assert (status, failed, one.state) == (ExportStatus.COMPLETED, 0, State.DONE)


async def test_a_file_that_cannot_be_read_counts_in_one_of_the_services(desk: Desk, archives: Path) -> None:
    (archives / "c.ics").write_bytes(CALENDAR)
    (archives / "winmail.tnef").write_bytes(b"no such kind")
    jobs = await imported(desk, "Old mail", archives)
    assert [(job.state, job.tally.failed) for job in jobs] == [(State.PARTIAL, 1)] + [(State.DONE, 0)] * 2
    [failure] = await desk.failures(jobs[0].id)
    assert (failure.path, failure.code) == ("Old mail/winmail.tnef", "archive-unsupported")


async def test_a_data_file_that_was_cut_short_says_so(desk: Desk, archives: Path, tmp_path: Path) -> None:
    await imported(desk, "Old mail", archives)
    card = await card_of(desk, "Old mail")
    [point] = await desk.snapshots(card.stream)
    pick = Pick(stream=card.stream, snapshot=point.id, format=Format.PST)
    await over(desk, [await desk.exports.start(ExportRequest(picks=(pick,), to=str(tmp_path), name="whole"))])
    [whole] = tmp_path.rglob("*.pst")  # noqa: ASYNC240
    assert (await desk.imports.survey([str(whole)])).broken == 0
    (tmp_path / "cut.pst").write_bytes(whole.read_bytes()[:-512])
    survey = await desk.imports.survey([str(tmp_path / "cut.pst")])
    assert "File cut short" in {words_for(one.code, one.facts).title for one in survey.unreadable}
