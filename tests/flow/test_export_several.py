"""Several accounts leave in one export: each in a folder of its own, and each told of by itself."""

import csv
import zipfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from saasbackup_desktop.app.exports.views import ExportRequest, ExportResult, ExportStatus, Several, ShareStatus
from saasbackup_desktop.app.imports.views import ImportRequest
from saasbackup_desktop.core.errors import BodyDamaged, Misconfigured
from saasbackup_desktop.core.export.values import Format, Packing
from saasbackup_desktop.core.ids import AccountId
from saasbackup_desktop.core.jobs import State
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.files.pstcheck.check import check
from saasbackup_desktop.sim.imap import Mailbox
from tests.flow.stage import OTHER, Stage, fill, letter

_READ: Final = ["\\Seen"]
_CONTACT: Final = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:c1\r\nFN:Cora Child\r\nN:Child;Cora;;;\r\nEND:VCARD\r\n"


@pytest.fixture
def mailbox() -> Mailbox:
    box = Mailbox("ada@example.org")
    for path, numbers in (("INBOX", range(1, 9)), ("Work/Plans", range(30, 33))):
        fill(box, path, numbers, _READ)
    return box


@pytest.fixture
def other() -> Mailbox:
    box = Mailbox("Bob@example.org")
    fill(box, "INBOX", range(40, 45), _READ)
    return box


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


async def _saved(stage: Stage, other: Mailbox, folder: Path) -> dict[str, AccountId]:
    """Two mailboxes of servers, and archives of mail and contacts."""
    second = await stage.connect(other, OTHER)
    await stage.over(await stage.desk.backup(stage.stream))
    await stage.over(await stage.desk.backup(second))
    archives = folder / "archives"
    archives.mkdir()
    (archives / "old.eml").write_bytes(letter(90))
    (archives / "people.vcf").write_text(_CONTACT, newline="")
    for job in await stage.desk.imports.start(ImportRequest(paths=(str(archives),), name="Old archive")):
        await stage.over(job)
    cards = await stage.desk.cards()
    return {"imported" if card.connection is None else card.account.address: card.account.id for card in cards}


def _request(out: Path, accounts: dict[str, AccountId], form: Format, **more: int) -> ExportRequest:
    forms = ((Service.MAIL, form), (Service.CONTACTS, Format.PST if form is Format.PST else Format.VCF))
    several = Several(accounts=tuple(accounts.values()), forms=forms, **more)
    return ExportRequest(several=several, to=str(out), name="All")


async def _exported(stage: Stage, request: ExportRequest, *states: State) -> ExportResult:
    job = await stage.over(await stage.desk.exports.start(request), *states)
    return await stage.desk.exports.result(job.id)


def _there(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def _names(folder: Path) -> list[str]:
    return sorted(one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.is_file())


async def _require_refusals(stage: Stage, request: ExportRequest) -> None:
    """What cannot be is refused, and nothing of it stays."""
    assert request.several is not None
    for several in (
        replace(request.several, accounts=()),
        replace(request.several, forms=()),
        replace(request.several, forms=((Service.MAIL, Format.VCF),)),
        replace(request.several, as_of=5),
        replace(request.several, accounts=(AccountId("0" * 16),)),
        replace(request.several, accounts=tuple(AccountId(f"{number:016x}") for number in range(10_001))),
    ):
        with pytest.raises(Misconfigured):
            await stage.desk.exports.start(replace(request, several=several))
    assert not await stage.desk.exports.results()


async def test_each_account_has_a_data_file_of_its_own(stage: Stage, other: Mailbox, out: Path) -> None:
    accounts = await _saved(stage, other, stage.folder)
    reach = await stage.desk.exports.reach(tuple(accounts.values()))
    assert [(one.service, one.accounts, one.items) for one in reach.services] == [
        (Service.MAIL, 3, 17),
        (Service.CONTACTS, 1, 1),
    ]
    told: list[tuple[int, int]] = []

    async def note(*steps: int) -> None:
        told.append((steps[0], steps[1]))

    request = _request(out, accounts, Format.PST)
    estimate = await stage.desk.exports.estimate(request, note)
    assert [(one.account.address, one.items) for one in estimate.accounts] == [
        ("ada@example.org", 11),
        ("Bob@example.org", 5),
        ("Old archive", 2),
    ]
    assert (estimate.items, estimate.parts, estimate.warnings) == (18, 3, ())
    assert told == [(1, 3), (2, 3), (3, 3)]
    await _require_refusals(stage, request)
    result = await _exported(stage, request)
    assert (result.status, result.accounts, result.files, result.is_verified) == (ExportStatus.COMPLETED, 3, 3, True)
    assert [name for name in _names(out / "All") if name.endswith(".pst")] == [
        "Bob@example.org/Bob@example.org.pst",
        "Old archive/Old archive.pst",
        "ada@example.org/ada@example.org.pst",
    ]
    reports = [check(path) for path in sorted((out / "All").rglob("*.pst"))]
    assert not [finding for report in reports for finding in report.findings]
    assert sorted(report.counts["messages"] for report in reports) == [2, 5, 11]
    shares = await stage.desk.exports.shares(result.job)
    assert [one.status for one in shares] == [ShareStatus.COMPLETED] * 3
    assert sum(one.items or 0 for one in shares) == 18
    job = await stage.desk.job(result.job)
    assert (job.tally.accounts_done, job.tally.accounts_total) == (3, 3)
    assert len(job.spec.picks) == 2  # type: ignore[union-attr]  # whatever the number of accounts
    assert not await stage.desk.exports.remove(result.job)
    assert not _there(out)


async def test_letters_and_mailbox_files(stage: Stage, other: Mailbox, out: Path) -> None:
    accounts = await _saved(stage, other, stage.folder)
    for form, ending, count, packing in (
        (Format.EML, ".eml", 17, Packing.FOLDER),
        (Format.MBOX, ".mbox", 5, Packing.ZIP),
    ):
        request = replace(_request(out, accounts, form), packing=packing, name=form.value)
        result = await _exported(stage, request)
        if packing is Packing.ZIP:
            with zipfile.ZipFile(out / f"{form.value}.zip") as archive:
                names = archive.namelist()
        else:
            names = _names(out / form.value)
        letters = Counter(name.split("/")[0] for name in names if name.endswith(ending))
        assert (sum(letters.values()), set(letters)) == (count, {"ada@example.org", "Bob@example.org", "Old archive"})
        assert all("/Mail/" in name for name in names if name.endswith(ending))
        assert sum(name.endswith(".vcf") for name in names) == 1
        assert (result.status, result.failed) == (ExportStatus.COMPLETED, 0)


async def test_who_has_nothing_by_then_is_named_before_and_in_the_list(
    stage: Stage, other: Mailbox, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = await _saved(stage, other, stage.folder)
    first = (await stage.snapshots())[0]
    newest = type(stage.desk._workspace.bench.catalog).newest_snapshots

    def earlier(self):  # type: ignore[no-untyped-def]
        """All was saved within a second: of one account it was an hour ago."""
        return {
            stream: (replace(point, finished=point.finished - 3600) if stream == stage.stream else point, count)
            for stream, (point, count) in newest(self).items()
        }

    monkeypatch.setattr(type(stage.desk._workspace.bench.catalog), "newest_snapshots", earlier)
    then = first.finished - 3600
    reach = await stage.desk.exports.reach(tuple(accounts.values()), then)
    assert {one.id for one in reach.without} == {accounts["Bob@example.org"], accounts["imported"]}
    request = _request(out, accounts, Format.EML, as_of=then)
    estimate = await stage.desk.exports.estimate(request)
    assert (estimate.items, estimate.warnings) == (11, ("without",))
    result = await _exported(stage, request)
    [listed] = (out / "All").rglob("Not exported in full.csv")
    rows = list(csv.DictReader(listed.read_text(encoding="utf-8-sig").splitlines()))
    assert {row["Folder"] for row in rows} == {"Bob@example.org", "Old archive"}
    shares = await stage.desk.exports.shares(result.job)
    assert Counter(one.status for one in shares) == {ShareStatus.WITHOUT: 2, ShareStatus.COMPLETED: 1}


async def test_what_fails_is_told_of_its_account(stage: Stage, other: Mailbox, out: Path) -> None:
    accounts = await _saved(stage, other, stage.folder)
    broken = (await stage.items())["Work/Plans"][1]
    vault = stage.desk._workspace.vault
    real = vault.read_many

    def damaged(wanted):  # type: ignore[no-untyped-def]
        for key, data in real(wanted):
            yield key, BodyDamaged("cut") if key[0].item.id == broken.id else data

    vault.read_many = damaged  # type: ignore[method-assign]
    result = await _exported(stage, _request(out, accounts, Format.EML), State.PARTIAL)
    assert (result.status, result.failed) == (ExportStatus.PARTIAL, 1)
    shares = {one.account.id: one for one in await stage.desk.exports.shares(result.job)}
    assert shares[accounts["ada@example.org"]].status is ShareStatus.PARTIAL
    assert shares[accounts["Bob@example.org"]].status is ShareStatus.COMPLETED
    [failure] = await stage.desk.failures(result.job)
    assert failure.path.startswith("ada@example.org")


async def test_paused_between_accounts_it_goes_on(
    stage: Stage, other: Mailbox, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("saasbackup_desktop.engine.exporting.writing._STRETCH", 0.0)
    accounts = await _saved(stage, other, stage.folder)
    id = await stage.desk.exports.start(_request(out, accounts, Format.PST))
    while (await stage.desk.exports.result(id)).files < 1:
        pass
    await stage.desk.pause(id)
    job = await stage.over(id, State.PAUSED, State.DONE)
    before = await stage.desk.exports.result(id)
    await stage.reopen()
    if job.state is State.PAUSED:
        await stage.desk.resume(id)
    await stage.over(id)
    result = await stage.desk.exports.result(id)
    assert result.parts[: before.files] == before.parts  # none of them was written again
    assert sorted(check(path).counts["messages"] for path in (out / "All").rglob("*.pst")) == [2, 5, 11]


async def test_an_account_whose_point_in_time_went_meanwhile_is_told(
    stage: Stage, other: Mailbox, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = await _saved(stage, other, stage.folder)
    catalog = type(stage.desk._workspace.bench.catalog)
    known, looked = catalog.folders_at, Counter[str]()
    gone = next(card.stream for card in await stage.desk.cards() if card.connection == OTHER)

    def forgetful(self, stream, snapshot):  # type: ignore[no-untyped-def]
        looked[stream] += 1
        if stream == gone and looked[stream] > 2:  # it was there when the export began
            raise Misconfigured(snapshot, what="unknown-snapshot", name=snapshot)
        return known(self, stream, snapshot)

    request = _request(out, accounts, Format.EML)
    monkeypatch.setattr(catalog, "folders_at", forgetful)
    result = await _exported(stage, request, State.PARTIAL)
    assert (result.failed, result.tally.added) == (5, 13)
    shares = {one.account.id: one.status for one in await stage.desk.exports.shares(result.job)}
    assert shares[accounts["Bob@example.org"]] is ShareStatus.PARTIAL
    assert shares[accounts["imported"]] is ShareStatus.COMPLETED
