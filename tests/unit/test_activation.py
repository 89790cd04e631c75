"""Which accounts are backed up: single rules, what follows on leaving, and laws that hold for all of them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saasbackup_desktop.core.activation import (
    DAY,
    SELECTED,
    Candidate,
    Leaving,
    Match,
    Rule,
    Rules,
    Standing,
    Status,
    When,
    Why,
    decide,
    looked_at,
)
from saasbackup_desktop.core.errors import Misconfigured

NOW = 1_790_000_000
ADA = Candidate("ada", "ada@fernwick.example", properties={"department": "Sales North"}, groups=frozenset({"g"}))
BOB = Candidate("bob", "bob@fernwick.example", properties={"department": "Law"})
ACTIVE_BY_G = {"ada": Standing(Status.ACTIVE, frozenset({"r"}))}


def status(account: Candidate, rules: Rules, before: dict[str, Standing] | None = None, **more: object) -> Status:
    [one] = decide([account], rules, before or {}, NOW, **more)  # type: ignore[arg-type]
    return one.status


def why(account: Candidate, rules: Rules, before: dict[str, Standing] | None = None, **more: object) -> list[Why]:
    [one] = decide([account], rules, before or {}, NOW, **more)  # type: ignore[arg-type]
    return [reason.why for reason in one.reasons]


@pytest.mark.parametrize(
    ("match", "value", "chosen"),
    [
        (Match.EQUAL, "sales north", True),
        (Match.EQUAL, "sales", False),
        (Match.BEGINS, "SALES", True),
        (Match.BEGINS, "north", False),
        (Match.ENDS, "North", True),
        (Match.ENDS, "sales", False),
        (Match.CONTAINS, "es no", True),
        (Match.CONTAINS, "south", False),
    ],
)
def test_a_property_is_compared(match: Match, value: str, chosen: bool) -> None:
    rules = Rules(rules=(Rule(id="r", name="department", match=match, values=("x", value)),))
    assert status(ADA, rules) is (Status.ACTIVE if chosen else Status.INACTIVE)


def test_blank_values_and_absent_properties_choose_nobody() -> None:
    rules = Rules(rules=(Rule(id="r", name="country", match=Match.CONTAINS, values=(" ", "x")),))
    assert status(ADA, rules) is Status.INACTIVE


def test_everybody_once_leaves_newcomers_out_and_always_takes_them_in() -> None:
    once = Rules(rules=(Rule(id="r", when=When.ONCE),))
    [ada] = decide([ADA], once, {}, NOW)
    once = looked_at(once, NOW)
    before = {"ada": ada.standing}
    assert [one.status for one in decide([ADA, BOB], once, before, NOW + DAY)] == [Status.ACTIVE, Status.INACTIVE]
    assert why(ADA, once, before) == [Why.CHOSEN_ONCE]
    always = Rules(rules=(Rule(id="r"),))
    assert status(BOB, always) is Status.ACTIVE


def test_a_person_overrules_the_rules() -> None:
    everybody = Rules(rules=(Rule(id="r"),), excluded=frozenset({"ada"}), selected=frozenset({"ada"}))
    assert status(ADA, everybody) is Status.INACTIVE
    assert status(ADA, Rules(selected=frozenset({"ada"}))) is Status.ACTIVE
    assert why(ADA, Rules(), {"ada": Standing(Status.ACTIVE, frozenset({SELECTED}))}) == [Why.DESELECTED]


@pytest.mark.parametrize(
    ("leaving", "after"),
    [(Leaving.KEEP, Status.ACTIVE), (Leaving.PAUSE, Status.PAUSED), (Leaving.DELETE, Status.REMOVED)],
)
def test_on_leaving_a_group(leaving: Leaving, after: Status) -> None:
    rules = Rules(rules=(Rule(id="r", group="g", leaving=leaving, when=When.DAILY),))
    gone = replace(ADA, groups=frozenset())
    [one] = decide([gone], rules, ACTIVE_BY_G, NOW)
    assert one.status is after
    assert one.reasons[0].why is Why.LEFT
    [back] = decide([ADA], rules, {"ada": one.standing}, NOW + DAY)
    assert back.status is Status.ACTIVE


def test_a_group_that_cannot_be_read_changes_nothing() -> None:
    rules = Rules(rules=(Rule(id="r", group="g", leaving=Leaving.DELETE),))
    gone = replace(ADA, groups=frozenset())
    assert why(gone, rules, ACTIVE_BY_G, readable=frozenset()) == [Why.NOT_LOOKED_AT]
    assert status(gone, rules, ACTIVE_BY_G, readable=frozenset({"g"})) is Status.REMOVED
    unread = replace(rules, rules=(replace(rules.rules[0], when=When.ONCE),))
    assert looked_at(unread, NOW, frozenset()).rules[0].ran is None


def test_a_daily_rule_waits_a_day() -> None:
    rule = Rule(id="r", group="g", when=When.DAILY, ran=NOW, leaving=Leaving.PAUSE)
    assert not rule.is_due(NOW + DAY - 1)
    assert rule.is_due(NOW + DAY)
    assert rule.is_due(NOW - 1)  # the clock went back
    gone = replace(ADA, groups=frozenset())
    assert why(gone, Rules(rules=(rule,)), ACTIVE_BY_G) == [Why.NOT_LOOKED_AT]


def test_who_leaves_several_groups_meets_the_mildest_end() -> None:
    rules = Rules(
        rules=(Rule(id="a", group="x", leaving=Leaving.DELETE), Rule(id="b", group="y", leaving=Leaving.PAUSE))
    )
    assert status(ADA, rules, {"ada": Standing(Status.ACTIVE, frozenset({"a", "b"}))}) is Status.PAUSED


def test_a_rule_that_is_gone_leaves_its_accounts_as_they_are() -> None:
    assert status(ADA, Rules(), ACTIVE_BY_G) is Status.ACTIVE
    assert why(ADA, Rules(), ACTIVE_BY_G) == [Why.RULE_GONE]


def test_who_is_away_comes_back_as_before() -> None:
    once = Rules(rules=(Rule(id="r", when=When.ONCE, ran=NOW - 1),))
    for change in ({"is_deleted": True}, {"has_mailbox": False}):
        [away] = decide([replace(ADA, **change)], once, ACTIVE_BY_G, NOW)  # type: ignore[arg-type]
        assert away.status is Status.AWAY
        [back] = decide([ADA], once, {"ada": away.standing}, NOW)
        assert (back.status, back.is_change) == (Status.ACTIVE, True)
    assert status(replace(BOB, has_mailbox=False), Rules(rules=(Rule(id="r"),))) is Status.INACTIVE


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "r", "group": "g", "name": "department", "values": ("x",)},
        {"id": "r", "name": "department"},
        {"id": "r", "name": "department", "values": (" ",)},
        {"id": ""},
        {"id": SELECTED},
    ],
)
def test_rules_that_cannot_be(wrong: dict[str, object]) -> None:
    with pytest.raises(Misconfigured):
        Rule(**wrong)  # type: ignore[arg-type]


def test_two_rules_of_one_name() -> None:
    with pytest.raises(Misconfigured):
        Rules(rules=(Rule(id="r"), Rule(id="r", group="g")))


NAMES = st.sampled_from(["a", "b", "c", "d"])
GROUPS = st.frozensets(st.sampled_from(["x", "y"]))
DEPARTMENTS = st.sampled_from(["Sales", "sales north", "Law", ""])
CANDIDATES = st.builds(
    Candidate,
    id=NAMES,
    address=st.just("somebody@fernwick.example"),
    properties=st.builds(lambda value: {"department": value}, DEPARTMENTS),
    groups=GROUPS,
    has_mailbox=st.booleans(),
    is_deleted=st.booleans(),
)
ENDS = {"leaving": st.sampled_from(Leaving), "when": st.sampled_from(When)}
RAN = st.none() | st.integers(NOW - 2 * DAY, NOW)
RULE = st.one_of(
    st.builds(Rule, id=st.just("r"), ran=RAN, **ENDS),
    st.builds(Rule, id=st.just("r"), group=st.sampled_from(["x", "y"]), ran=RAN, **ENDS),
    st.builds(
        Rule,
        id=st.just("r"),
        name=st.just("department"),
        match=st.sampled_from(Match),
        values=st.lists(st.sampled_from(["sales", "LAW", "n"]), min_size=1).map(tuple),
        ran=RAN,
        **ENDS,
    ),
)
RULES = st.builds(
    lambda rules, selected, excluded: Rules(
        rules=tuple(replace(rule, id=f"r{number}") for number, rule in enumerate(rules)),
        selected=selected,
        excluded=excluded,
    ),
    st.lists(RULE, max_size=4),
    st.frozensets(NAMES),
    st.frozensets(NAMES),
)
READABLE = st.none() | GROUPS
STANDINGS = st.dictionaries(
    NAMES,
    st.builds(Standing, st.sampled_from(Status), st.frozensets(st.sampled_from(["r0", "r1", "r2", "gone", SELECTED]))),
)
ACCOUNTS = st.lists(CANDIDATES, unique_by=lambda one: one.id)


@given(ACCOUNTS, RULES, STANDINGS, READABLE)
def test_deciding_again_changes_nothing(
    accounts: list[Candidate], rules: Rules, before: dict[str, Standing], readable: frozenset[str] | None
) -> None:
    first = decide(accounts, rules, before, NOW, readable=readable)
    later = looked_at(rules, NOW, readable)
    again = decide(accounts, later, {one.id: one.standing for one in first}, NOW, readable=readable)
    assert [one.status for one in again] == [one.status for one in first]
    assert not any(one.is_change for one in again)


@given(ACCOUNTS, RULES, STANDINGS, READABLE)
def test_every_decision_has_a_reason_and_keeps_what_a_person_said(
    accounts: list[Candidate], rules: Rules, before: dict[str, Standing], readable: frozenset[str] | None
) -> None:
    decisions = decide(accounts, rules, before, NOW, readable=readable)
    assert [one.id for one in decisions] == [account.id for account in accounts]
    for account, one in zip(accounts, decisions, strict=True):
        assert one.reasons
        assert one.is_change is (one.status is not before.get(account.id, Standing()).status)
        is_there = account.has_mailbox and not account.is_deleted
        if account.id in rules.excluded:
            assert one.status is Status.INACTIVE
        elif account.id in rules.selected and is_there:
            assert one.status is Status.ACTIVE
        if one.status is Status.ACTIVE:
            assert is_there
        if not is_there and account.id not in rules.excluded:
            assert one.standing.by == before.get(account.id, Standing()).by


@given(ACCOUNTS, RULES, STANDINGS)
def test_nothing_is_removed_unless_a_rule_that_was_read_says_so(
    accounts: list[Candidate], rules: Rules, before: dict[str, Standing]
) -> None:
    for account, one in zip(accounts, decide(accounts, rules, before, NOW), strict=True):
        was = before.get(account.id, Standing())
        if one.status is Status.REMOVED and was.status is not Status.REMOVED:
            left = [rule for rule in rules.rules if rule.id in was.by]
            assert left
            assert all(rule.leaving is Leaving.DELETE and not rule.chooses(account) for rule in left)
            assert all(rule.is_due(NOW) for rule in left)


@given(ACCOUNTS, RULES, STANDINGS)
def test_unreadable_groups_take_nobody_out(
    accounts: list[Candidate], rules: Rules, before: dict[str, Standing]
) -> None:
    only_groups = replace(rules, rules=tuple(rule for rule in rules.rules if rule.group), excluded=frozenset())
    ids = {rule.id for rule in only_groups.rules}
    for account, one in zip(accounts, decide(accounts, only_groups, before, NOW, readable=frozenset()), strict=True):
        was = before.get(account.id, Standing())
        if was.status is Status.ACTIVE and was.by & ids:
            assert one.status in (Status.ACTIVE, Status.AWAY)


@given(ACCOUNTS, RULES, STANDINGS, st.randoms(use_true_random=False))
def test_one_accounts_fate_does_not_hang_on_others(
    accounts: list[Candidate], rules: Rules, before: dict[str, Standing], dice: object
) -> None:
    whole = {one.id: one for one in decide(accounts, rules, before, NOW)}
    for account in accounts:
        assert decide([account], rules, before, NOW) == [whole[account.id]]
