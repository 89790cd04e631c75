"""What lists of events, tasks and notes say, and what each way to restore them is called."""

import pytest

from saasbackup_desktop.app.words import items
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Conflict, Item, Service


def item(name: str = "", **facets: str) -> Item:
    said = {facet.replace("_", "-"): value for facet, value in facets.items()}
    return Item(id=NodeId("1"), parent=NodeId("0"), name=name, revision="1", facets=said)


def test_every_service_has_its_words() -> None:
    for table in (items.NOUNS, items.FOLDERS, items.CONFLICTS):
        assert set(table) == set(Service)
    for service, ways in items.CONFLICTS.items():
        if service is Service.DIRECTORY:
            continue  # what is written there is planned object by object
        wanted = set(Conflict) - ({Conflict.NON_DESTRUCTIVE} if service is Service.SETTINGS else set())
        assert set(ways) == wanted
        assert all(label and explanation for label, explanation in ways.values())
    assert set(items.WHOLE) == set(Conflict)
    assert "no invitation" in items.NOTES_ON[Service.CALENDAR]


def test_whole_days_end_on_the_last_of_them() -> None:
    fair = item(start="2026-12-30T00:00:00 UTC", end="2027-01-01T00:00:00 UTC", all_day="yes")
    assert (items.start_words(fair), items.end_words(fair)) == ("30 Dec 2026", "31 Dec 2026")


def test_a_time_in_an_unknown_zone_stands_as_it_was_told() -> None:
    assert items.start_words(item(start="2026-03-01T15:00:00 Nowhere Time")) == "2026-03-01T15:00:00 (Nowhere Time)"
    assert items.seconds_of(item(start="2026-03-01T15:00:00 Nowhere Time"), "start") == 0


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("2026-03-01T15:00:00 UTC", "2026-03-01T08:00:00 Pacific Standard Time"),
        ("", "1990-01-01T00:00:00 UTC"),
        ("2026-03-01T15:00:00Z", "2026-03-01T15:00:01Z"),
    ],
)
def test_times_are_sorted_across_zones(earlier: str, later: str) -> None:
    assert items.seconds_of(item(end=earlier), "end") < items.seconds_of(item(end=later), "end")


def test_what_is_not_told_is_left_empty() -> None:
    bare = item()
    said = (items.start_words(bare), items.end_words(bare), items.due_words(bare), items.updated_words(bare))
    assert (*said, items.status_words(bare), items.lines_words(bare, "phone")) == ("",) * 6


def test_settings_have_codes_for_names_and_tasks_for_their_status() -> None:
    assert items.title_words(item("working-hours")) == "Working hours"
    assert items.title_words(item("Invoices")) == "Invoices"
    assert items.status_words(item(status="waitingOnOthers")) == "Waiting on others"
    assert items.due_words(item(due="2026-12-01T00:00:00")) == "1 Dec 2026"
