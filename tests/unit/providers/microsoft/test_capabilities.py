"""What a tenant's mailboxes are covered in follows from what is known of it."""

import pytest

from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.microsoft.capabilities import (
    REASONS,
    Capability,
    Facts,
    Reach,
    Thing,
    matrix,
)
from saasbackup_desktop.providers.microsoft.cloud import CLOUDS
from saasbackup_desktop.providers.microsoft.permissions import Purpose, WayIn, names, needed

ALL = tuple(Service)
EVERYTHING = names(needed(WayIn.APPLICATION, ALL, list(Purpose)))


def of(facts: Facts) -> dict[Thing, Capability]:
    return {one.thing: one for one in matrix(facts)}


def facts(**more: object) -> Facts:
    told: dict[str, object] = {"way_in": WayIn.APPLICATION, "services": ALL, "granted": EVERYTHING, **more}
    return Facts(**told)  # type: ignore[arg-type]


def test_every_thing_is_told_once_and_in_order() -> None:
    assert [one.thing for one in matrix(facts())] == list(Thing)


@pytest.mark.parametrize("way_in", list(WayIn))
@pytest.mark.parametrize("granted", [None, (), EVERYTHING])
@pytest.mark.parametrize("cloud", [*CLOUDS, "custom"])
def test_every_reason_is_known(way_in: WayIn, granted: tuple[str, ...] | None, cloud: str) -> None:
    for is_exact in (False, True):
        for one in matrix(facts(way_in=way_in, granted=granted, cloud=cloud, is_exact=is_exact)):
            assert one.reason in REASONS


def test_what_is_not_offered_says_who_says_so() -> None:
    for way_in in WayIn:
        for one in matrix(facts(way_in=way_in, is_exact=True)):
            assert one.source or one.reach is not Reach.NOT_OFFERED


def test_missing_permissions_are_named() -> None:
    found = of(facts(granted={"Mail.Read", "MailboxSettings.Read", "Contacts.ReadWrite"}))
    assert found[Thing.MAIL].reach is Reach.COVERED
    assert found[Thing.CONTACTS].reach is Reach.COVERED
    assert found[Thing.SETTINGS].reach is Reach.COVERED
    assert found[Thing.FOCUSED_INBOX].reach is Reach.COVERED
    assert (found[Thing.CALENDARS].reason, found[Thing.CALENDARS].missing) == (
        "permission-missing",
        ("Calendars.Read",),
    )
    assert found[Thing.CALENDAR_SHARING].missing == ("Calendars.Read",)
    assert found[Thing.TASKS].missing == ("Tasks.Read.All",)
    assert of(facts(granted=None))[Thing.TASKS].reach is Reach.COVERED


def test_a_role_that_is_not_in_force_yet_is_waited_for() -> None:
    found = of(facts(granted=(), is_role_pending=True))
    assert found[Thing.MAIL].reason == "role-pending"
    assert found[Thing.TASKS].reason == "permission-missing"


def test_the_tenants_own_obstacles() -> None:
    assert of(facts(has_exchange=False))[Thing.MAIL].reason == "licence-missing"
    assert of(facts(services=[Service.MAIL]))[Thing.NOTES].reason == "switched-off"
    assert of(facts())[Thing.EXACT_COPY].reason == "exact-switched-off"
    assert of(facts(is_exact=True))[Thing.EXACT_COPY].reach is Reach.COVERED
    assert of(facts(is_exact=True, cloud="china"))[Thing.EXACT_COPY].reason == "cloud"
    assert of(facts(is_exact=True, granted={"Mail.Read"}))[Thing.EXACT_COPY].missing == (
        "MailboxItem.Export.All",
        "User.Read.All",
    )


def test_a_person_reaches_other_things_than_an_application() -> None:
    application, person = of(facts()), of(facts(way_in=WayIn.DELEGATED, granted=None))
    assert application[Thing.ONENOTE].reason == "needs-a-person"
    assert person[Thing.ONENOTE].reach is Reach.NOT_YET
    assert application[Thing.SHARED_MAILBOXES].reach is Reach.COVERED
    assert person[Thing.SHARED_MAILBOXES].reason == "what-is-shared-with-you"
    for thing in (Thing.ARCHIVE, Thing.PUBLIC_FOLDERS, Thing.SIGNATURES, Thing.CONTACT_LISTS):
        assert application[thing].reach is person[thing].reach is Reach.NOT_OFFERED
