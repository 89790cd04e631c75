"""What tasks let go and what they keep, who was not there, and what is said of it."""

from dataclasses import replace

import pytest

from saasbackup_desktop.app.tasks import keeping
from saasbackup_desktop.app.tasks.coverage import Site, Sites
from saasbackup_desktop.app.tasks.defaults import completed, usual
from saasbackup_desktop.app.tasks.keeping import Left
from saasbackup_desktop.app.tasks.presence import Presence
from saasbackup_desktop.app.tasks.store import Book
from saasbackup_desktop.app.tasks.views import Missed, Pruning, Task, Waits
from saasbackup_desktop.app.words.tasks import MISSED, REMEDIES, RHYTHMS, WAITS, cap_words, schedule_words, span_words
from saasbackup_desktop.core.ids import ConnectionName, TaskId
from saasbackup_desktop.core.model import Account, Provider, Service, account_id, stream_id
from saasbackup_desktop.core.retention import DAY, Keep
from saasbackup_desktop.core.schedule import Cap, Rhythm, Schedule, Span
from saasbackup_desktop.vault.retention.policy import Group, Policy

NORTH, SHOP = ConnectionName("Northwind"), ConnectionName("shop")


def account(name: str, provider: Provider = Provider.MICROSOFT) -> Account:
    connection = ConnectionName(f"{NORTH}/{name}") if provider is Provider.MICROSOFT else ConnectionName(name)
    return Account(id=account_id(provider, "realm", name), provider=provider, address=name, connection=connection)


ADA, BOB, LEFT = account("ada"), account("bob"), account("cleo")
DESK = account("shop", Provider.IMAP)


def streams(who: Account, *services: Service) -> dict[str, Account]:
    return {stream_id(who.id, service): who for service in services or (Service.MAIL, Service.CALENDAR)}


SITES = Sites(
    {
        NORTH: Site(
            NORTH,
            (Service.MAIL, Service.CALENDAR),
            2,
            {**streams(ADA), **streams(BOB)},  # type: ignore[arg-type]
            {LEFT.id: LEFT},
            frozenset({ADA.id, BOB.id, LEFT.id}),
        ),
        SHOP: Site(SHOP, (Service.MAIL,), 1, streams(DESK, Service.MAIL), {}, frozenset({DESK.id})),  # type: ignore[arg-type]
    },
    {**streams(ADA), **streams(LEFT)},  # type: ignore[arg-type]
)


def task(id: str, *connections: ConnectionName, **more: object) -> Task:
    return Task(id=TaskId(id), name=id, connections=connections, **more)  # type: ignore[arg-type]


def book(*tasks: Task, **more: object) -> Book:
    return Book(tasks={one.id: one for one in tasks}, **more)  # type: ignore[arg-type]


def test_a_task_covers_whom_it_backs_up_and_rules_whom_it_did() -> None:
    mail = task("mail", NORTH, services=(Service.MAIL,))
    assert SITES.active(mail).keys() == {stream_id(ADA.id, Service.MAIL), stream_id(BOB.id, Service.MAIL)}
    assert SITES.all(mail).keys() == {*SITES.active(mail), stream_id(LEFT.id, Service.MAIL)}
    assert stream_id(DESK.id, Service.MAIL) in SITES.active(task("all"))


def test_shared_streams_keep_what_either_keeps() -> None:
    made = book(
        task("a", NORTH, keep=Keep(days=30)), task("b", NORTH, services=(Service.MAIL,), keep=Keep(weekly=5)), task("c")
    )
    policy = Policy(default=Keep(last=2)).regrouped(keeping.groups(made, SITES))
    assert policy.keep(stream_id(ADA.id, Service.CALENDAR)) == Keep(days=30, last=2)
    assert policy.keep(stream_id(ADA.id, Service.MAIL)) == Keep(days=30, weekly=5, last=2)
    assert policy.keep(stream_id(DESK.id, Service.MAIL)) == Keep(last=2)
    assert Policy().regrouped(keeping.groups(made, SITES)).keep(stream_id(ADA.id, Service.MAIL)) == Keep()


def test_a_task_without_connections_leaves_its_rule_in_the_vault() -> None:
    gone = task("gone", ConnectionName("removed"), keep=Keep(days=9))
    policy = Policy(groups={"gone": Group(Keep(days=9), frozenset(streams(ADA)))})  # type: ignore[arg-type]
    assert policy.regrouped(keeping.groups(book(gone), SITES)) == policy


def test_accounts_that_left_go_by_the_longest_time() -> None:
    sizes = dict.fromkeys(SITES.saved, 5)
    short, long = task("short", NORTH, archived_days=10), task("long", NORTH, archived_days=20)
    left = {stream_id(LEFT.id, Service.MAIL): Left(since=100), stream_id(LEFT.id, Service.CALENDAR): Left(since=50)}
    first, second = keeping.leaving(book(short, long), SITES, left, sizes, 200)
    assert (first.due, second.due, first.task) == (50 + 20 * DAY, 100 + 20 * DAY, "long")
    assert keeping.leaving(book(short, task("never", NORTH)), SITES, left, sizes, 200) == []
    assert keeping.leaving(book(short), SITES, left, {}, 200) == []


def test_pruning_begins_with_the_first_rule() -> None:
    some = book(task("a", NORTH))
    assert keeping.prune_days(some) is None
    assert keeping.prune_days(book(task("a", NORTH, keep=Keep()))) is None
    assert keeping.prune_days(book(task("a", NORTH, keep=Keep(days=3)))) == 7
    assert keeping.prune_days(book(task("a", NORTH, archived_days=30))) == 7
    assert [keeping.prune_days(replace(some, pruning=one)) for one in Pruning] == [None, None, 1, 7]


def test_tasks_are_spread_over_the_night() -> None:
    minutes = {usual(f"source {number}").at for number in range(60)}
    assert len(minutes) > 40
    assert max(minutes) < 6 * 60
    once = completed(Book(), [NORTH, SHOP], 5)
    assert completed(once, [NORTH, SHOP], 9) is once
    assert [one.name for one in once.tasks.values()] == [NORTH, SHOP]


@pytest.mark.parametrize(
    ("presence", "why"),
    [
        (Presence(tended=90, made=50, is_here=True, began=10, booted=0), Missed.ASLEEP),
        (Presence(tended=150, made=50, is_here=False, began=10, booted=0), Missed.UNKNOWN),
        (Presence(tended=90, made=120, is_here=True, began=10, booted=0), Missed.LOCKED),
        (Presence(tended=90, made=120, is_here=True, began=119, booted=110), Missed.OFF),
        (Presence(tended=90, made=120, is_here=True, began=119, booted=20), Missed.NO_AGENT),
        (Presence(tended=None, made=50, is_here=False, began=10, booted=None), Missed.NO_AGENT),
    ],
)
def test_why_nobody_began_what_was_due_at_100(presence: Presence, why: Missed) -> None:
    assert presence.why(100) is why


def test_everything_has_words() -> None:
    assert set(WAITS) == {one.value for one in Waits}
    assert set(MISSED) == set(REMEDIES) == {one.value for one in Missed}
    assert set(RHYTHMS) == set(Rhythm)
    schedules = [Schedule(rhythm=one, at=150, cron="0 * * * *", zone="UTC") for one in Rhythm]
    assert [schedule_words(one) for one in schedules] == [
        "By hand only",
        "Every 8 hours",
        "Three times a day, at 02:30, 10:30 and 18:30 UTC",
        "Daily at 02:30 UTC",
        "Every three days at 02:30 UTC",
        "Weekly on Monday at 02:30 UTC",
        "By the cron line 0 * * * * UTC",
    ]
    assert span_words(Span(days=(5, 6), start=0, end=1440)) == "at weekends, 00:00 to 24:00"
    assert cap_words(Cap(span=Span(start=480, end=1080), rate=0), "0 B") == "every day, 08:00 to 18:00: nothing moves"
