"""Settings of a pretend mailbox: kept one by one; unchanged ones cost one request; another mailbox gets the same."""

import json
from pathlib import Path
from typing import Any

import pytest

from saasbackup_desktop.core.errors import Unreachable
from saasbackup_desktop.core.ids import SnapshotId, StreamId
from saasbackup_desktop.core.model import Conflict, Service
from saasbackup_desktop.providers.microsoft.settings.sections import FOLDERS
from saasbackup_desktop.sim.graph.mailbox import Mailbox
from tests.graph.home import Home, whole_restore
from tests.graph.stage import GRANTED, Stage
from tests.graph.storm import Storm

SETTINGS = GRANTED | {"MailboxSettings.Read", "MailboxSettings.ReadWrite", "Calendars.ReadWrite"}
REPLIES = {
    "status": "scheduled",
    "externalAudience": "contactsOnly",
    "internalReplyMessage": "<p>Away until Monday.</p>",
    "externalReplyMessage": "<p>Ich bin verreist.</p>",
    "scheduledStartDateTime": {"dateTime": "2026-12-24T05:00:00.0000000", "timeZone": "UTC"},
    "scheduledEndDateTime": {"dateTime": "2026-12-27T05:00:00.0000000", "timeZone": "UTC"},
}


@pytest.fixture
def granted() -> frozenset[str]:
    return frozenset(SETTINGS)


def filled(stage: Stage) -> Mailbox:
    mailbox = stage.mailbox()
    filed = mailbox.make_folder("Filed", mailbox.known["inbox"])["id"]
    invoices = mailbox.make_folder("Invoices", filed)["id"]
    preferences = mailbox.preferences
    preferences.settings |= {
        "automaticRepliesSetting": REPLIES,
        "language": {"locale": "de-DE", "displayName": "Deutsch (Deutschland)"},
        "timeZone": "W. Europe Standard Time",
        "delegateMeetingMessageDeliveryOptions": "sendToDelegateAndPrincipal",
        "archiveFolder": mailbox.known["archive"],
    }
    preferences.add_rule(
        "Invoices",
        conditions={"subjectContains": ["Invoice"], "withinSizeRange": {"minimumSize": 1, "maximumSize": 900}},
        exceptions={"senderContains": ["spam"]},
        actions={"moveToFolder": invoices, "stopProcessingRules": True, "assignCategories": ["Money"]},
    )
    bob = {"emailAddress": {"name": "Bob", "address": "bob@fernwick.example"}}
    preferences.add_rule("To Bob", actions={"forwardTo": [bob], "copyToFolder": mailbox.known["archive"]})
    preferences.add_rule("Off", isEnabled=False, actions={"markAsRead": True})
    for number in range(30):
        preferences.add_category(f"Category {number}", f"preset{number % 25}")
    preferences.share("bob@fernwick.example", "Bob", "delegateWithPrivateEventAccess")
    preferences.share("eve@example.org", "Eve", "limitedRead", isInsideOrganization=False)
    preferences.sort_sender("news@example.org", "News", "other")
    return mailbox


def kept(home: Home, stream: StreamId) -> dict[str, Any]:
    return {id: json.loads(home.vault.read(item.body)) for id, item in home.items(stream).items() if item.body}


def truth(mailbox: Mailbox) -> dict[str, Any]:
    """What must be in the vault, by item."""
    own = mailbox.preferences
    found = {
        "general/automatic-replies": ("automaticRepliesSetting",),
        "general/region": ("language", "timeZone", "dateFormat", "timeFormat"),
        "general/working-hours": ("workingHours",),
        "general/meeting-requests": ("delegateMeetingMessageDeliveryOptions",),
    }
    settings = {id: {name: own.settings[name] for name in names} for id, names in found.items()}
    settings["general/about"] = {"userPurpose": "user"}
    if "archiveFolder" in own.settings:
        settings["general/about"]["archiveFolder"] = own.settings["archiveFolder"]
    for section, shelf in (
        ("rules", own.rules),
        ("categories", own.categories),
        ("sharing", own.permissions),
        ("senders", own.senders),
    ):
        for id, plain in shelf.items():
            passing = ("id", "hasError", "isReadOnly", "allowedRoles")
            settings[f"{section}/{id}"] = {name: value for name, value in plain.items() if name not in passing}
    return settings


def seen(mailbox: Mailbox) -> dict[str, Any]:
    """All settings without ids, folders by their names: what two mailboxes have in common."""
    names = {id: folder["displayName"] for id, folder in mailbox.folders.items()}
    found: dict[str, Any] = {}
    for id, plain in truth(mailbox).items():
        text = json.dumps(plain, sort_keys=True)
        for folder, name in names.items():
            text = text.replace(folder, name)
        section, _, key = id.partition("/")
        label = plain.get("displayName") or json.dumps(plain.get("emailAddress") or plain.get("senderEmailAddress"))
        if key != "about":
            found[f"{section}/{key if section == 'general' else label}"] = json.loads(text)
    return found


async def saved(home: Home, mailbox: Mailbox) -> tuple[StreamId, SnapshotId]:
    stream = home.doors.protect(mailbox, Service.SETTINGS)
    return stream, await home.back_up(stream)


async def test_every_setting_is_kept_and_an_unchanged_run_is_one_request(stage: Stage, home: Home) -> None:
    mailbox = filled(stage)
    stream, _ = await saved(home, mailbox)
    assert kept(home, stream) == truth(mailbox)
    names = {item.id: item.name for item in home.items(stream).values()}
    assert "Invoices" in names.values()
    assert "Eve" in names.values()
    packs = sorted((Path(home.vault.location) / "packs").rglob("*"))
    asked = len(stage.app.log)
    await home.back_up(stream)
    assert [path for _, path, _ in stage.app.log[asked:]] == ["/$batch"]
    assert sorted((Path(home.vault.location) / "packs").rglob("*")) == packs


async def test_hours_of_replies_that_are_off_are_not_theirs(stage: Stage, home: Home) -> None:
    mailbox = filled(stage)
    off = {**REPLIES, "status": "disabled"}
    mailbox.preferences.settings["automaticRepliesSetting"] = off
    stream, _ = await saved(home, mailbox)
    said = kept(home, stream)["general/automatic-replies"]["automaticRepliesSetting"]
    assert said == {name: value for name, value in off.items() if not name.startswith("scheduled")}
    for name in ("scheduledStartDateTime", "scheduledEndDateTime"):
        off[name] = {"dateTime": "2026-12-31T05:00:00.0000000", "timeZone": "UTC"}
    await home.back_up(stream)
    assert home.meter.changed == 0


async def test_what_changes_is_followed(stage: Stage, home: Home) -> None:
    mailbox = filled(stage)
    stream, _ = await saved(home, mailbox)
    own = mailbox.preferences
    own.settings["automaticRepliesSetting"] = {"status": "disabled", "externalAudience": "all"}
    del own.rules[next(iter(own.rules))]
    next(iter(own.categories.values()))["color"] = "preset20"
    own.share("new@fernwick.example", "New", "read")
    await home.back_up(stream)
    assert kept(home, stream) == truth(mailbox)
    assert (home.meter.added, home.meter.changed, home.meter.removed) == (1, 2, 1)


async def test_another_mailbox_gets_the_same(stage: Stage, home: Home) -> None:
    mailbox = filled(stage)
    stream, snapshot = await saved(home, mailbox)
    other = stage.mailbox("Bob", "bob@fernwick.example")
    other.folders[other.known["inbox"]]["displayName"] = "Posteingang"
    filed = other.make_folder("filed", other.known["inbox"])["id"]
    invoices = other.make_folder("Invoices", filed)["id"]
    own = other.preferences.add_category("category 3", "preset24")
    await home.restore(whole_restore(stream, snapshot, other.user, Conflict.REPLACE))
    assert home.journal.failures == []
    first = next(rule for rule in other.preferences.rules.values() if rule["displayName"] == "Invoices")
    assert first["actions"]["moveToFolder"] == invoices
    assert own["color"] == "preset3"
    wanted, there = seen(mailbox), seen(other)
    there["categories/Category 3"] = {**there.pop("categories/category 3"), "displayName": "Category 3"}
    assert there == wanted
    await home.restore(whole_restore(stream, snapshot, other.user, Conflict.REPLACE))
    assert (home.meter.added, home.meter.changed) == (0, 0)
    assert home.journal.failures == []


async def test_what_is_there_stays_unless_it_is_to_be_replaced(stage: Stage, home: Home) -> None:
    mailbox = filled(stage)
    stream, snapshot = await saved(home, mailbox)
    before = truth(mailbox)
    own = mailbox.preferences
    own.settings["timeZone"] = "UTC"
    rule = next(iter(own.rules.values()))
    rule["conditions"] = {"subjectContains": ["Something else"]}
    del rule["exceptions"]
    rule["actions"] = {**rule["actions"], "delete": True}
    gone = own.categories.pop(next(iter(own.categories)))
    for conflict, folder in ((Conflict.SKIP, None), (Conflict.NON_DESTRUCTIVE, "Restored 2026-11-21")):
        await home.restore(whole_restore(stream, snapshot, mailbox.user, conflict, folder))
        assert home.journal.failures == []
        assert own.settings["timeZone"] == "UTC"
        assert rule["conditions"] == {"subjectContains": ["Something else"]}
        assert gone["displayName"] in {one["displayName"] for one in own.categories.values()}
    await home.restore(whole_restore(stream, snapshot, mailbox.user, Conflict.REPLACE))
    assert home.journal.failures == []
    after = truth(mailbox)
    assert {id: value for id, value in after.items() if not id.startswith("categories")} == {
        id: value for id, value in before.items() if not id.startswith("categories")
    }


async def test_rules_that_cannot_be_made_again_are_told(stage: Stage, home: Home) -> None:
    mailbox = filled(stage)
    stream, snapshot = await saved(home, mailbox)
    other = stage.mailbox("Bob", "bob@fernwick.example")
    await home.restore(whole_restore(stream, snapshot, other.user, Conflict.SKIP))
    assert [(failure.name, failure.code) for failure in home.journal.failures] == [("Invoices", "refused")]
    assert "folder" in home.journal.failures[0].detail
    assert {rule["displayName"] for rule in other.preferences.rules.values()} == {"To Bob", "Off"}


async def test_without_the_calendars_permission_sharing_stays_as_it_was(stage: Stage, home: Home) -> None:
    mailbox = filled(stage)
    stream, _ = await saved(home, mailbox)
    before = truth(mailbox)
    stage.application.granted -= {"Calendars.Read", "Calendars.ReadWrite", "Mail.Read", "Mail.ReadWrite"}
    await stage.token(True)
    mailbox.preferences.settings["timeZone"] = "UTC"
    mailbox.preferences.permissions.clear()
    await home.back_up(stream)
    before["general/region"]["timeZone"] = "UTC"
    assert kept(home, stream) == before


async def test_bad_weather_doubles_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("saasbackup_desktop.providers.microsoft.waiting.backoff", lambda _: 0.001)
    storm = Storm(granted=SETTINGS)
    home = Home(tmp_path, storm)
    mailbox, other = filled(storm), storm.mailbox("Bob", "bob@fernwick.example")
    filed = other.make_folder("Filed", other.known["inbox"])["id"]
    other.make_folder("Invoices", filed)
    stream, snapshot = await saved(home, mailbox)
    storm.weather.dropped = storm.weather.lost = storm.weather.cut = storm.weather.expired = 0.05
    stops = 0
    for _ in range(60):
        try:
            await home.restore(whole_restore(stream, snapshot, other.user, Conflict.REPLACE))
        except Unreachable:
            stops += 1
        else:
            break
    assert stops > 0
    assert home.journal.failures == []
    assert seen(other) == seen(mailbox)
    for name in ("rules", "categories", "permissions", "senders"):
        assert len(getattr(other.preferences, name)) == len(getattr(mailbox.preferences, name))
    storm.weather.dropped = storm.weather.lost = storm.weather.cut = 0.0
    await home.restore(whole_restore(stream, snapshot, other.user, Conflict.REPLACE))
    assert (home.meter.added, home.meter.changed) == (0, 0)
    assert storm.referee.problems == []
    home.close()


def test_sections_have_names_of_their_own() -> None:
    assert len({folder.name for folder in FOLDERS}) == len({folder.id for folder in FOLDERS}) == 5
