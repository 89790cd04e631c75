"""Which of the accounts that were found are backed up: the rules, and what they mean for each account."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from saasbackup_desktop.core.errors import Misconfigured

DAY: Final = 86400
SELECTED: Final = "selected"
"""Stands for a person's own choice among those that chose an account."""


class Match(StrEnum):
    """How a property is compared; letters' case does not matter."""

    EQUAL = "equal"
    BEGINS = "begins"
    ENDS = "ends"
    CONTAINS = "contains"


class When(StrEnum):
    """How often a rule is looked at."""

    ONCE = "once"
    """For the accounts that are there when it is made; what it chose stays chosen."""
    ALWAYS = "always"
    """At every discovery: new accounts too."""
    DAILY = "daily"


class Leaving(StrEnum):
    """What becomes of an account that a rule had chosen, and does not choose any more."""

    KEEP = "keep"
    PAUSE = "pause"
    DELETE = "delete"
    """Its backup, after the days of grace."""


class Status(StrEnum):
    """What is done about an account."""

    ACTIVE = "active"
    AWAY = "away"
    """To be backed up, and not there for now: deleted in the directory, or without a mailbox. What is saved stays."""
    PAUSED = "paused"
    """Not backed up any more; what is saved stays."""
    REMOVED = "removed"
    """Its backup goes, after the days of grace."""
    INACTIVE = "inactive"
    """Never backed up, or not since somebody said so."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An account that was found, as far as rules look at it."""

    id: str
    address: str
    aliases: tuple[str, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)
    """By name; values of names and addresses may be among them."""
    groups: frozenset[str] = frozenset()
    """Those of the groups in rules that it is in."""
    has_mailbox: bool = True
    """False only if it is certain that there is none."""
    is_deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Chooses accounts. ``id`` names it for good, also to those whom it chose once.

    ``group`` or ``name`` with ``values``; neither: everybody.
    """

    id: str
    when: When = When.ALWAYS
    name: str = ""
    """The property that is looked at."""
    match: Match = Match.EQUAL
    values: tuple[str, ...] = ()
    """One of them is enough."""
    group: str = ""
    leaving: Leaving = Leaving.KEEP
    ran: int | None = None
    """Seconds since 1970 UTC of the last time it was looked at."""

    def __post_init__(self) -> None:
        if self.group and self.name:
            raise Misconfigured("a rule looks at a group or at a property", what="two-conditions", name=self.id)
        if self.name and not any(value.strip() for value in self.values):
            raise Misconfigured("a property is compared with nothing", what="no-value", name=self.id)
        if self.id in ("", SELECTED):
            raise Misconfigured("a rule needs a name of its own", what="bad-rule-name", name=self.id)

    def is_due(self, now: int) -> bool:
        """Say whether it is to be looked at now."""
        match self.when:
            case When.ONCE:
                return self.ran is None
            case When.DAILY:
                return self.ran is None or not 0 <= now - self.ran < DAY
            case When.ALWAYS:
                return True

    def chooses(self, account: Candidate) -> bool:
        """Say whether an account is one of those it means."""
        if self.group:
            return self.group in account.groups
        if not self.name:
            return True
        have = account.properties.get(self.name, "").strip().casefold()
        wanted = [value.strip().casefold() for value in self.values if value.strip()]
        match self.match:
            case Match.EQUAL:
                return have in wanted
            case Match.BEGINS:
                return any(have.startswith(value) for value in wanted)
            case Match.ENDS:
                return any(have.endswith(value) for value in wanted)
            case Match.CONTAINS:
                return any(value in have for value in wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """All that was said about who is backed up."""

    rules: tuple[Rule, ...] = ()
    selected: frozenset[str] = frozenset()
    """Ids of accounts that somebody picked, by hand or from a list."""
    excluded: frozenset[str] = frozenset()
    """Ids of accounts that are never backed up, whoever chooses them."""

    def __post_init__(self) -> None:
        ids = [rule.id for rule in self.rules]
        if len(set(ids)) < len(ids):
            raise Misconfigured("two rules have one name", what="rule-twice")


@dataclass(frozen=True, slots=True)
class Standing:
    """What was decided about an account before."""

    status: Status = Status.INACTIVE
    by: frozenset[str] = frozenset()
    """Rules that chose it, and ``SELECTED``."""


class Why(StrEnum):
    """A reason of a decision."""

    EXCLUDED = "excluded"
    SELECTED = "selected"
    CHOSEN = "chosen"
    """A rule chooses it now."""
    CHOSEN_ONCE = "chosen-once"
    """A rule chose it when it was looked at."""
    NOT_LOOKED_AT = "not-looked-at"
    """A rule chose it before, and could not or need not be looked at now."""
    LEFT = "left"
    """A rule chose it before, and does not now."""
    RULE_GONE = "rule-gone"
    """A rule chose it that is there no more."""
    NOT_CHOSEN = "not-chosen"
    DESELECTED = "deselected"
    DELETED = "deleted"
    """It is not in the directory any more."""
    NO_MAILBOX = "no-mailbox"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason, and the rule that it is about."""

    why: Why
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of an account."""

    id: str
    standing: Standing
    """To be kept until the next time."""
    reasons: tuple[Reason, ...]
    is_change: bool
    """Its status was another one."""

    @property
    def status(self) -> Status:
        """What is done about it."""
        return self.standing.status


def decide(
    accounts: Iterable[Candidate],
    rules: Rules,
    before: Mapping[str, Standing],
    now: int,
    *,
    readable: frozenset[str] | None = None,
) -> list[Decision]:
    """Decide about accounts. Nothing is said about those that are not given: a list that broke off removes nobody.

    ``before``: what was decided last; ``readable``: groups whose members were all read, None for all. A group that
    could not be read changes nobody's standing. ``now``: seconds since 1970 UTC.
    """
    seen = _looked(rules, now, readable)
    return [_decided(account, rules, seen, before.get(account.id, Standing())) for account in accounts]


def looked_at(rules: Rules, now: int, readable: frozenset[str] | None = None) -> Rules:
    """The same rules after a decision: those that were looked at know when."""
    seen = _looked(rules, now, readable)
    return replace(rules, rules=tuple(replace(one, ran=now) if one.id in seen else one for one in rules.rules))


def _looked(rules: Rules, now: int, readable: frozenset[str] | None) -> frozenset[str]:
    """The rules that can and are to be looked at now."""
    return frozenset(
        rule.id
        for rule in rules.rules
        if rule.is_due(now) and (not rule.group or readable is None or rule.group in readable)
    )


def _decided(account: Candidate, rules: Rules, seen: frozenset[str], last: Standing) -> Decision:
    if account.id in rules.excluded:
        return _decision(account, last, Status.INACTIVE, frozenset(), Reason(Why.EXCLUDED))
    if account.is_deleted or not account.has_mailbox:
        status = Status.AWAY if last.status is Status.ACTIVE else last.status
        reason = Reason(Why.DELETED if account.is_deleted else Why.NO_MAILBOX)
        return _decision(account, last, status, last.by, reason)
    before = replace(last, status=Status.ACTIVE) if last.status is Status.AWAY else last
    chosen, left = _asked(account, rules, seen, before)
    if chosen:
        by = {reason.rule or SELECTED for reason in chosen} | {rule.id for rule in left}
        return _decision(account, last, Status.ACTIVE, frozenset(by), *chosen)
    if left:
        return _decision(
            account,
            last,
            _status_after(before.status, left),
            frozenset(rule.id for rule in left),
            *(Reason(Why.LEFT, rule.id) for rule in left),
        )
    if before.by == {SELECTED}:
        return _decision(account, last, Status.INACTIVE, frozenset(), Reason(Why.DESELECTED))
    by_gone = before.by - {SELECTED}
    reasons = [Reason(Why.RULE_GONE, name) for name in sorted(by_gone)] or [Reason(Why.NOT_CHOSEN)]
    return _decision(account, last, before.status, by_gone, *reasons)


def _asked(account: Candidate, rules: Rules, seen: frozenset[str], before: Standing) -> tuple[list[Reason], list[Rule]]:
    """Who chooses the account, and which rules that chose it before do so no more."""
    chosen = [Reason(Why.SELECTED)] if account.id in rules.selected else []
    left = []
    for rule in rules.rules:
        if rule.id in seen and rule.chooses(account):
            chosen.append(Reason(Why.CHOSEN, rule.id))
        elif rule.id in before.by:
            if rule.id in seen or before.status is not Status.ACTIVE:
                left.append(rule)
            else:
                why = Why.CHOSEN_ONCE if rule.when is When.ONCE else Why.NOT_LOOKED_AT
                chosen.append(Reason(why, rule.id))
    return chosen, left


def _status_after(status: Status, left: Sequence[Rule]) -> Status:
    """The mildest of what the rules that it left say; what is not active is left as it is."""
    leavings = {rule.leaving for rule in left}
    if status is not Status.ACTIVE or Leaving.KEEP in leavings:
        return status
    return Status.PAUSED if Leaving.PAUSE in leavings else Status.REMOVED


def _decision(account: Candidate, last: Standing, status: Status, by: frozenset[str], *reasons: Reason) -> Decision:
    return Decision(account.id, Standing(status, by), reasons, status is not last.status)
