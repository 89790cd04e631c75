"""Unusual changes: noticed right after the backup, told once, and nothing is let go of until somebody has looked."""

import base64
import json
import random
from dataclasses import replace

import pytest

from saasbackup_desktop.app.activity.views import ActivityQuery
from saasbackup_desktop.app.alerts.views import AlertSettings, Sensitivity
from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.words import words_for
from saasbackup_desktop.cli import alerts, browse
from saasbackup_desktop.cli.exits import ExitCode, fault_exit
from saasbackup_desktop.cli.main import arguments
from saasbackup_desktop.cli.output import Output
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.core.errors import Held, Misconfigured
from saasbackup_desktop.core.ids import SnapshotId
from saasbackup_desktop.core.jobs import State
from saasbackup_desktop.core.model import account_of
from saasbackup_desktop.core.retention import Keep
from saasbackup_desktop.engine.days import keep, kept
from saasbackup_desktop.sim.imap import Mailbox
from tests.flow.stage import PASSPHRASE, Stage, fill, letter


def empty(mailbox: Mailbox, path: str, numbers: range) -> None:
    """Remove letters from a folder."""
    gone = {letter(number) for number in numbers}
    folder = mailbox.folder(path)
    mailbox.remove(path, [uid for uid, one in folder.messages.items() if one.data in gone])


async def raised(stage: Stage) -> list[tuple[str, int]]:
    return [(one.kind, int(one.facts["count"])) for one in await stage.desk.alerts.all(open_only=True)]


async def struck(stage: Stage) -> None:
    """Letters are saved, then most of them vanish, which the next backup sees."""
    fill(stage.mailbox, "INBOX", range(100, 250))
    await stage.backup()
    empty(stage.mailbox, "INBOX", range(100, 240))
    await stage.backup()


async def test_a_mass_deletion_holds_the_last_good_point_in_time_until_acknowledged(stage: Stage) -> None:
    fill(stage.mailbox, "INBOX", range(100, 250))
    await stage.backup()
    assert await raised(stage) == []
    [good] = await stage.snapshots()
    empty(stage.mailbox, "INBOX", range(100, 240))
    await stage.backup()
    [alert] = await stage.desk.alerts.all()
    assert (alert.kind, alert.facts["count"], alert.facts["of"], alert.is_holding) == ("mass-deletion", 140, 165, True)
    assert alert.last_good == good
    await stage.desk.set_retention(Keep(last=1))
    fill(stage.mailbox, "INBOX", [300])
    await stage.backup()
    assert [one.id for one in await stage.desk.alerts.all()] == [alert.id]
    job = await stage.over(await stage.desk.prune(0))
    assert job.tally.removed == 0
    assert good.id in {one.id for one in await stage.snapshots()}

    done = await stage.desk.alerts.acknowledge(alert.id[:6], "tidied up")
    assert (done.note, done.is_holding, done.acknowledged is not None) == ("tidied up", False, True)
    assert await stage.desk.holds() == []
    assert await raised(stage) == []
    await stage.over(await stage.desk.prune(0))
    assert good.id not in {one.id for one in await stage.snapshots()}
    assert (await stage.desk.alerts.find(alert.id)).last_good is None
    fill(stage.mailbox, "INBOX", [301])
    await stage.backup()
    assert await raised(stage) == []
    with pytest.raises(Misconfigured):
        await stage.desk.alerts.find("")


async def test_an_event_that_goes_on_stays_one_alert(stage: Stage) -> None:
    fill(stage.mailbox, "INBOX", range(100, 500))
    await stage.backup()
    for numbers in (range(100, 320), range(320, 450)):
        empty(stage.mailbox, "INBOX", numbers)
        await stage.backup()
    assert await raised(stage) == [("mass-deletion", 350)]
    [alert] = await stage.desk.alerts.all()
    first = (await stage.snapshots())[-1]
    assert (alert.last_good, alert.facts["since"]) == (first, first.finished)


async def test_what_came_the_same_day_before_the_loss_is_counted(stage: Stage) -> None:
    await stage.backup()  # a first one with little in it
    [first] = await stage.snapshots()
    fill(stage.mailbox, "INBOX", range(100, 500))
    await stage.backup()
    empty(stage.mailbox, "INBOX", range(100, 320))
    await stage.backup()
    [alert] = await stage.desk.alerts.all()
    assert (alert.facts["count"], alert.facts["of"]) == (220, first.items + 400)
    fill(stage.mailbox, "INBOX", range(1000, 1400))
    await stage.backup()
    empty(stage.mailbox, "INBOX", range(1000, 1390))
    await stage.backup()
    [alert] = await stage.desk.alerts.all()
    assert (alert.facts["count"], alert.facts["of"]) == (610, first.items + 800)


async def test_another_computer_is_bound_too_and_a_lost_catalog_releases_nothing(stage: Stage) -> None:
    await struck(stage)
    other = Desk(stage.folder / "another")
    stage.desks.append(other)
    await other.adopt_vault(str(stage.vault), PASSPHRASE)
    assert await other.alerts.all() == []
    [hold] = await other.holds()
    assert hold.label.startswith("alert ")
    await other.set_retention(Keep(last=1))
    mine, stage.desk = stage.desk, other
    assert (await stage.over(await other.prune(0))).tally.removed == 0
    stage.desk = mine
    await stage.desk.rebuild_catalog()
    assert len(await raised(stage)) == 1


async def test_a_hold_that_could_not_be_placed_is_placed_before_anything_is_removed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    housekeeping = stage.desk._workspace.vault.housekeeping

    def busy(*_: object) -> None:
        raise Misconfigured("somebody prunes", what="busy")

    with monkeypatch.context() as patched:
        patched.setattr(type(housekeeping), "hold", busy)
        await struck(stage)
        assert await stage.desk.holds() == []
        [alert] = await stage.desk.alerts.all()
        assert not alert.is_holding
    await stage.desk.set_retention(Keep(last=1))
    assert (await stage.over(await stage.desk.prune(0))).tally.removed == 0
    assert (await stage.desk.alerts.find(alert.id)).is_holding
    [hold] = await stage.desk.holds()
    await stage.desk.tend()
    with pytest.raises(Held) as refused:
        await stage.desk.release_hold(hold.id)
    assert refused.value.facts == {"what": "alert-hold", "name": hold.id, "alert": alert.id}
    assert await stage.desk.holds() == [hold]
    # Gone all the same, by an earlier program: that is told, and mended before anything is removed.
    housekeeping.release(hold.id)
    assert not (await stage.desk.alerts.find(alert.id)).is_holding
    assert (await stage.over(await stage.desk.prune(0))).tally.removed == 0
    assert (await stage.desk.alerts.find(alert.id)).is_holding


async def test_what_an_alert_holds_is_not_deleted_and_no_job_is_left(stage: Stage) -> None:
    await struck(stage)
    [alert] = await stage.desk.alerts.all()
    before = [job.id for job in await stage.desk.jobs()]
    with pytest.raises(Held) as refused:
        await stage.desk.discard(stage.stream)
    assert (refused.value.facts["what"], refused.value.facts["alert"]) == ("alert", alert.id)
    words = words_for(refused.value.code, refused.value.facts)
    assert f"saasbackup alerts acknowledge {alert.id}" in words.remedy
    assert fault_exit(refused.value.code) is ExitCode.FAILED
    assert [job.id for job in await stage.desk.jobs()] == before
    assert not [
        one for one in (await stage.desk.activity.page(ActivityQuery())).entries if one.code == "deletion-asked"
    ]


async def test_what_is_said_of_an_acknowledged_alert_is_not_dropped(stage: Stage) -> None:
    await struck(stage)
    [alert] = await stage.desk.alerts.all()
    first = await stage.desk.alerts.acknowledge(alert.id, "tidied up")
    again = await stage.desk.alerts.acknowledge(alert.id, "by Ada")
    assert (again.note, again.acknowledged) == ("by Ada", first.acknowledged)
    assert (await stage.desk.alerts.acknowledge(alert.id)).note == "by Ada"
    with pytest.raises(Misconfigured):
        await stage.desk.alerts.acknowledge(alert.id, is_expected=False)


async def test_nothing_is_raised_where_somebody_wants_none(stage: Stage) -> None:
    await stage.desk.alerts.set_settings(AlertSettings(sensitivity=Sensitivity.STRICT, silent=(stage.stream,)))
    await struck(stage)
    assert await raised(stage) == []
    assert (await stage.desk.alerts.settings()).sensitivity is Sensitivity.STRICT


async def test_the_command_line_tells_of_it(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    await struck(stage)
    shell = Shell(stage.folder / "home", Output(True), stage.desk, None)
    plain = replace(shell, out=Output(False))
    assert arguments(["alerts", "--open"]) == ["alerts", "list", "--open"]
    await alerts.list_alerts(shell, is_open=True)
    [line] = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    assert (line["kind"], line["count"], line["holding"], line["acknowledged"]) == ("mass-deletion", 140, True, None)
    await alerts.show(plain, line["id"][:5])
    said = capsys.readouterr().out
    assert said.startswith("140 messages vanished from the mailbox of office.")
    assert f"--at {line['last_good']}" in said
    await browse.snapshots(shell)
    points = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    assert [one["alert"] for one in points] == [line["id"], None]
    await browse.snapshots(plain)
    assert "unusual change" in capsys.readouterr().out
    await alerts.acknowledge(plain, line["id"], note="", was_attack=True)
    await alerts.settings(plain, sensitivity=Sensitivity.CALM, silent=["ada@example.org"])
    await alerts.settings(shell, heard=["ada@example.org"], is_on=False)
    said = capsys.readouterr().out
    assert "acknowledged" in said
    assert json.loads(said.splitlines()[-1]) == {
        "type": "alert-settings", "on": False, "sensitivity": "calm", "silent": []
    }  # fmt: skip
    assert await stage.desk.alerts.all(open_only=True) == []


async def test_history_outlives_the_points_in_time(stage: Stage) -> None:
    await struck(stage)
    before = await stage.desk.history.daily(account_of(stage.stream))
    [service] = before.services
    [day] = service.days
    assert (day.runs, day.added, day.removed, day.items) == (2, 165, 140, 25)
    [alert] = await stage.desk.alerts.all()
    await stage.desk.alerts.acknowledge(alert.id)
    await stage.desk.set_retention(Keep(last=1))
    await stage.over(await stage.desk.prune(0))
    assert len(await stage.snapshots()) == 1
    await stage.desk.rebuild_catalog()
    assert await stage.desk.history.daily(account_of(stage.stream)) == before
    [span] = await stage.desk.history.spans([stage.stream])
    assert (span.first, span.last) == (service.first, service.last)
    [card] = await stage.desk.cards()
    assert card.first == service.first
    assert (await stage.desk.history.daily(account_of(stage.stream), since=day.day + 1)).services[0].added == 0


@pytest.mark.parametrize("is_expected", [True, False])
async def test_what_is_usual_is_learned_from_the_accounts_own_days(stage: Stage, is_expected: bool) -> None:
    fill(stage.mailbox, "INBOX", range(100, 500))
    await stage.backup()
    catalog, (first,) = stage.desk._workspace.catalog, await stage.snapshots()
    [today] = kept(catalog, stage.stream)
    ago = [replace(today, day=today.day - n, added=9, removed=3, gone=3, last=SnapshotId("")) for n in range(1, 31)]
    keep(catalog, stage.stream, ago)
    empty(stage.mailbox, "INBOX", range(100, 180))
    await stage.backup()
    [alert] = await stage.desk.alerts.all()
    assert (alert.facts["count"], alert.facts["usual"], alert.last_good) == (80, 3, first)
    await stage.desk.alerts.acknowledge(alert.id, is_expected=is_expected)
    assert [one.is_unusual for one in kept(catalog, stage.stream, today.day)] == [not is_expected]


async def test_moving_to_another_folder_is_no_deletion(stage: Stage) -> None:
    fill(stage.mailbox, "INBOX", range(100, 250))
    await stage.backup()
    empty(stage.mailbox, "INBOX", range(100, 250))
    fill(stage.mailbox, "Old", range(100, 250))
    await stage.backup()
    assert await raised(stage) == []


async def test_messages_replaced_by_encrypted_ones_are_noticed(stage: Stage) -> None:
    fill(stage.mailbox, "INBOX", range(100, 250))
    await stage.backup()
    empty(stage.mailbox, "INBOX", range(100, 250))
    chance = random.Random(7)
    for number in range(100, 250):
        head, _, _ = letter(number).partition(b"\r\n\r\n")
        stage.mailbox.deliver("INBOX", head + b"\r\n\r\n" + base64.encodebytes(chance.randbytes(900)))
    job = await stage.backup()
    assert await raised(stage) == [("encrypted-content", 150)]
    assert any(line.code == "unusual-change" for line in await stage.desk.log(job.id))
    assert job.state is State.DONE
