"""What is unusual, and what is not: nobody is alarmed by ordinary days, and attacks are noticed."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Body, Edit, Folder, Item
from saasbackup_desktop.engine.unusual import KNOWN_AFTER, RULES, Change, Kind, Past, Sensitivity, judge
from saasbackup_desktop.engine.watch import seen_in
from tests.unit.engine.simulated import HABITS, false_alarms, is_noticed

NORMAL = Sensitivity.NORMAL


def past(gone: int, days: int = 30, rewritten: int = 0) -> list[Past]:
    return [Past(day=day, gone=gone, rewritten=rewritten) for day in range(days)]


def kinds(change: Change, known: list[Past], sensitivity: Sensitivity = NORMAL) -> list[Kind]:
    return [one.kind for one in judge(change, known, sensitivity)]


@pytest.mark.parametrize("habit", ["small", "office", "hoarder", "machine", "calendar", "contacts"])
def test_half_a_year_of_ordinary_days_alarms_nobody(habit: str) -> None:
    assert sum(false_alarms(HABITS[habit], 180, seed, NORMAL) for seed in range(2)) == 0


def test_somebody_who_tidies_up_now_and_then_is_rarely_asked() -> None:
    assert sum(false_alarms(HABITS["tidy"], 365, seed, NORMAL) for seed in range(3)) <= 12


@pytest.mark.parametrize("habit", HABITS)
@pytest.mark.parametrize("attack", ["all", "half"])
def test_attacks_are_noticed(habit: str, attack: str) -> None:
    assert all(is_noticed(HABITS[habit], attack, seed, NORMAL) for seed in range(3))


def test_an_attack_that_is_spread_over_a_week_is_noticed_as_a_whole() -> None:
    assert all(is_noticed(HABITS["office"], "spread over a week", seed, NORMAL) for seed in range(3))


@given(
    before=some.integers(0, 10**6),
    gone=some.lists(some.integers(0, 30), min_size=KNOWN_AFTER, max_size=60),
    sensitivity=some.sampled_from(list(Sensitivity)),
)
@settings(max_examples=200, deadline=None)
def test_what_there_was_before_is_not_unusual(before: int, gone: list[int], sensitivity: Sensitivity) -> None:
    known = [Past(day=day, gone=count, rewritten=count) for day, count in enumerate(gone)]
    change = Change(before=before + max(gone), gone=max(gone), rewritten=max(gone))
    assert kinds(change, known, sensitivity) == []


@given(
    before=some.integers(200, 10**6),
    share=some.floats(0.6, 1),
    gone=some.lists(some.integers(0, 20), max_size=60),
    sensitivity=some.sampled_from(list(Sensitivity)),
)
@settings(max_examples=200, deadline=None)
def test_the_loss_of_most_of_an_account_is_always_unusual(
    before: int, share: float, gone: list[int], sensitivity: Sensitivity
) -> None:
    known = [Past(day=day, gone=count, rewritten=0) for day, count in enumerate(gone)]
    lost = max(int(before * share), RULES[sensitivity].least_of_half)
    assert kinds(Change(before=before, gone=lost), known, sensitivity) == [Kind.MASS_DELETION]


def test_the_figures_say_how_it_compares() -> None:
    [found] = judge(Change(before=4000, gone=1243), past(12), NORMAL)
    assert (found.kind, found.count, found.of, found.usual) == (Kind.MASS_DELETION, 1243, 4000, 12)
    [found] = judge(Change(before=300, gone=200), past(12, days=3), NORMAL)
    assert found.usual == -1


@pytest.mark.parametrize(
    "change",
    [
        Change(before=90, gone=90),
        Change(before=300, gone=99),
        Change(before=10_000, gone=4_999),
        Change(before=10_000, rewritten=4_999),
        Change(before=0),
    ],
    ids=["a small account", "few items", "less than half", "less than half changed", "nothing at all"],
)
def test_first_days_do_not_cry_wolf(change: Change) -> None:
    assert kinds(change, []) == []


def test_after_a_week_off_there_may_be_the_work_of_a_week() -> None:
    change = Change(before=3000, gone=320)
    assert kinds(change, past(40)) == [Kind.MASS_DELETION]
    assert kinds(replace(change, days=7), past(40)) == []


def test_a_count_that_came_after_days_without_a_backup_is_shared_among_them() -> None:
    known = [Past(day=day, gone=count, rewritten=0) for day, count in [*((n, 10) for n in range(12)), (26, 700)]]
    assert kinds(Change(before=3000, gone=400), known) == [Kind.MASS_DELETION]


def test_rewritten_items_are_a_kind_of_their_own() -> None:
    assert kinds(Change(before=900, rewritten=300), past(0, rewritten=8)) == [Kind.MASS_CHANGE]
    assert kinds(Change(before=900, rewritten=60), past(0, rewritten=8)) == []


def test_what_became_unreadable_is_told_once() -> None:
    change = Change(before=1000, gone=600, replaced=600, sampled=40, turned=40)
    [found] = judge(change, past(5), NORMAL)
    assert (found.kind, found.count) == (Kind.ENCRYPTED_CONTENT, 600)
    both = replace(change, gone=900)
    assert kinds(both, past(5)) == [Kind.ENCRYPTED_CONTENT, Kind.MASS_DELETION]
    rewritten = Change(before=1000, rewritten=500, replaced=500, sampled=40, turned=30)
    assert kinds(rewritten, past(5)) == [Kind.ENCRYPTED_CONTENT]


@pytest.mark.parametrize(("sampled", "turned"), [(40, 7), (48, 11), (0, 0)])
def test_a_few_unreadable_ones_are_nothing(sampled: int, turned: int) -> None:
    change = Change(before=1000, gone=40, replaced=40, sampled=sampled, turned=turned)
    assert kinds(change, past(40)) == []


# --- what really left ----------------------------------------------------------------------------------------


def item(number: int, folder: str, content: int | None = None) -> Item:
    body = Body(f"{content if content is not None else number:015x}".ljust(64, "0"), 10, ())
    return Item(id=NodeId(f"{folder}-{number}"), parent=NodeId(folder), revision="1", body=body)


TRASH = {NodeId("bin")}


def test_what_moved_did_not_leave() -> None:
    renamed = [Edit(item(n, "inbox"), None) for n in range(50)] + [Edit(None, item(n, "old")) for n in range(50)]
    moved = [Edit(item(n, "inbox"), replace(item(n, "inbox"), parent=NodeId("old"))) for n in range(50)]
    flags = [Edit(item(n, "inbox"), replace(item(n, "inbox"), flags=("\\Seen",))) for n in range(50)]
    for edits in (renamed, moved, flags):
        random.Random(1).shuffle(edits)
        seen = seen_in(edits, TRASH)
        assert (seen.gone, seen.rewritten, seen.replaced) == (0, 0, 0)


def test_the_trash_counts_when_it_takes_not_when_it_is_emptied() -> None:
    emptied = [Edit(item(n, "bin"), None) for n in range(50)]
    assert seen_in(emptied, TRASH).gone == 0
    thrown = [Edit(item(n, "inbox"), replace(item(n, "inbox"), parent=NodeId("bin"))) for n in range(50)]
    assert seen_in(thrown, TRASH).gone == 50
    renamed = [Edit(item(n, "inbox"), None) for n in range(50)] + [Edit(None, item(n, "bin")) for n in range(50)]
    assert seen_in(renamed, TRASH).gone == 50


def test_what_took_the_place_of_others_is_looked_into() -> None:
    edits = [Edit(item(n, "inbox"), None) for n in range(500)]
    edits += [Edit(None, item(n + 1000, "inbox")) for n in range(500)]
    edits += [Edit(item(n, "notes"), item(n, "notes", n + 5000)) for n in range(100)]
    seen = seen_in(edits, TRASH)
    assert (seen.gone, seen.rewritten, seen.replaced) == (500, 100, 600)
    assert seen.before
    assert 0 < len(seen.after or ()) < 100
    assert seen_in([Edit(Folder(id=NodeId("a"), parent=None, name="a"), None)], TRASH).gone == 0


def test_a_walk_ends_soon_after_somebody_wants_it_to() -> None:
    assert seen_in((Edit(item(n, "inbox"), None) for n in range(50)), TRASH, [True]).gone == 0
