"""Activating many accounts at once, step by step, without a window: who, which of them, once or for good."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from saasbackup_desktop.app.tenants.views import ListReport
from saasbackup_desktop.core.activation import SELECTED, Leaving, Match, Rule, When

_LONGEST: Final = 80
_ANY: Final = "bulk activation"
"""Names the rule while it is only looked at."""


class How(StrEnum):
    """By what accounts are picked."""

    ALL = "all"
    PROPERTY = "property"
    GROUP = "group"
    LIST = "list"


class Step(StrEnum):
    """The pages."""

    HOW = "how"
    REVIEW = "review"
    LATER = "later"
    DONE = "done"


class Later(StrEnum):
    """What becomes of accounts that come later."""

    ONCE = "once"
    """Nothing: only those that are ticked, and only now."""
    MATCHING = "matching"
    EVERYBODY = "everybody"


_STEPS: Final = (Step.HOW, Step.REVIEW, Step.LATER, Step.DONE)


@dataclass(slots=True, kw_only=True)
class BulkActivation:
    """Where the person is, and what was chosen so far."""

    step: Step = Step.HOW
    how: How = How.ALL
    name: str = ""
    """The property that is looked at."""
    match: Match = Match.EQUAL
    values: tuple[str, ...] = ()
    group: str = ""
    group_name: str = ""
    listed: ListReport | None = None
    found: frozenset[str] = field(default_factory=frozenset)
    """Who is picked by what was chosen."""
    ticked: frozenset[str] = field(default_factory=frozenset)
    later: Later = Later.ONCE
    when: When = When.ALWAYS
    leaving: Leaving = Leaving.KEEP
    rule_name: str = ""

    @property
    def number(self) -> int:
        """Which page it is, from 1."""
        return _STEPS.index(self.step) + 1

    @property
    def steps(self) -> tuple[Step, ...]:
        """The pages in their order."""
        return _STEPS

    @property
    def can_follow(self) -> bool:
        """A rule can go on picking; a list cannot."""
        return self.how is not How.LIST

    @property
    def unticked(self) -> frozenset[str]:
        """Who was picked and is not wanted."""
        return self.found - self.ticked

    def missing(self) -> dict[str, str]:
        """Say what the open page still lacks: field and code."""
        match self.step:
            case Step.HOW:
                return self._missing_how()
            case Step.REVIEW:
                return {} if self.ticked or self.can_follow else {"ticked": "needed"}
            case _:
                return {}

    def advance(self) -> Step:
        """Go to the next page."""
        self.step = _STEPS[min(_STEPS.index(self.step) + 1, len(_STEPS) - 1)]
        if self.step is Step.LATER and not self.can_follow:
            self.later = Later.ONCE
            self.step = Step.DONE
        return self.step

    def back(self) -> Step:
        """Go to the page before; what is done is done."""
        if self.step is not Step.DONE:
            self.step = _STEPS[max(_STEPS.index(self.step) - 1, 0)]
        return self.step

    def draft(self) -> Rule:
        """The rule as it would pick now. Raises Misconfigured if it is not whole."""
        return self._rule(_ANY, When.ONCE, Leaving.KEEP)

    def rule(self, taken: Iterable[str]) -> Rule | None:
        """The rule to be kept, under a name that no other has; None if there is none."""
        if self.later is Later.ONCE:
            return None
        name = free_name(self.rule_name.strip() or self.usual_name(), taken)
        if self.later is Later.EVERYBODY:
            return Rule(id=name, when=self.when)
        return self._rule(name, self.when, self.leaving)

    def usual_name(self) -> str:
        """What the rule goes by if nobody names it."""
        if self.later is Later.EVERYBODY or self.how is How.ALL:
            return "Everybody"
        if self.how is How.GROUP:
            return self.group_name or self.group
        return f"{self.name}: {', '.join(self.values)}"[:_LONGEST]

    def _rule(self, id: str, when: When, leaving: Leaving) -> Rule:
        match self.how:
            case How.PROPERTY:
                return Rule(id=id, when=when, name=self.name, match=self.match, values=self.values, leaving=leaving)
            case How.GROUP:
                return Rule(id=id, when=when, group=self.group, leaving=leaving)
            case _:
                return Rule(id=id, when=when, leaving=leaving)

    def _missing_how(self) -> dict[str, str]:
        match self.how:
            case How.PROPERTY if not self.name or not any(value.strip() for value in self.values):
                return {"values": "needed"}
            case How.GROUP if not self.group:
                return {"group": "needed"}
            case How.LIST if self.listed is None:
                return {"list": "needed"}
            case How.LIST if self.listed is not None and not self.listed.ids:
                return {"list": "nobody"}
            case _:
                return {}


def free_name(wanted: str, taken: Iterable[str]) -> str:
    """Make a rule's name that no other rule has."""
    others = {SELECTED, "", *taken}
    name, again = wanted.strip(), 1
    while name in others:
        again += 1
        name = f"{wanted.strip()} ({again})"
    return name
