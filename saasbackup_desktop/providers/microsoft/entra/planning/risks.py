"""What could go wrong: who would lose a way in, what would be deleted, and what comes back without its secrets."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from saasbackup_desktop.core.directory.drafting import Survey, Wish
from saasbackup_desktop.core.directory.objects import DirectoryObject, key_of
from saasbackup_desktop.core.directory.plan import Action, LeftOut, Risk
from saasbackup_desktop.providers.microsoft.entra.kinds import SCHEMA
from saasbackup_desktop.providers.microsoft.entra.planning.groups import goes_to_bin
from saasbackup_desktop.providers.microsoft.entra.planning.scene import GLOBAL_ADMINISTRATOR, KINDS, Scene, Standing
from saasbackup_desktop.providers.microsoft.entra.planning.shutting import groups_named, shuts_everybody
from saasbackup_desktop.providers.microsoft.entra.planning.steps import UNDO, Step, in_order
from saasbackup_desktop.providers.microsoft.entra.planning.ways import GIVING

_GUARDED: Final = "break-glass"
_ENABLED: Final = "enabled"
_RULES: Final = frozenset({"membershipRule", "membershipRuleProcessingState", "groupTypes"})
"""Properties of a group that say that a rule fills it."""


def involved(standing: Sequence[DirectoryObject], coming: Sequence[DirectoryObject] = ()) -> set[str]:
    """Keys of people and groups by whom risks are weighed: who administers, and whom policies of access name.

    Of groups that are ``coming``, only the groups within them count: people are known by their ids.
    """
    found: set[str] = set()
    for one in (*standing, *coming):
        told: Any = one.properties
        if one.kind == "roleAssignments" and told.get("roleDefinitionId") == GLOBAL_ADMINISTRATOR:
            found |= {key_of(kind, str(told.get("principalId"))) for kind in ("users", "groups")}
        elif one.kind == "conditionalAccessPolicies":
            found |= {key_of("groups", id) for id in groups_named(told)}
    for one in standing:
        if one.kind == "groups":
            found |= {key_of(link.kind, link.id) for link in one.links if link.kind in ("users", "groups")}
    for one in coming:
        if one.kind == "groups":
            found |= {key_of("groups", link.id) for link in one.links if link.kind == "groups"}
    return found


def weighed(steps: Sequence[Step], survey: Survey, wish: Wish) -> tuple[list[Step], list[LeftOut], list[Risk]]:
    """Put risks on steps, and take out those that must not or may not be done; also tells all risks together.

    Every step is weighed by what it makes of how things stand when its turn has come.
    """
    ordered = in_order(steps)
    weighing = _weigh(ordered, survey, wish, {})
    while taken_out := weighing.taken_out:  # without these, others may be what takes the last one's rights
        weighing = _weigh(ordered, survey, wish, {**weighing.before, **taken_out})
    kept = [step for step in steps if id(step) not in weighing.dropped]
    safe = [step for step in steps if weighing.dropped.get(id(step)) != _GUARDED]
    return kept, weighing.left, _together(safe, len(weighing.first))


def _weigh(steps: Sequence[Step], survey: Survey, wish: Wish, before: Mapping[int, Sequence[Risk]]) -> "_Weighing":
    weighing = _Weighing(Scene.of(survey), wish, before)
    for step in steps:
        weighing.take(step)
    weighing.settle()
    return weighing


@dataclass(slots=True)
class _Weighing:
    """How things stand, step by step, and what was taken out so far."""

    scene: Scene
    wish: Wish
    before: Mapping[int, Sequence[Risk]]
    """Steps that are known to take the last administrator, by identity, with their risks: they are not done."""
    first: set[str] = field(init=False)
    """Who administers before anything is done."""
    free: set[str] = field(init=False)
    """Those of them whom nothing shuts out."""
    left: list[LeftOut] = field(default_factory=list)
    dropped: dict[int, str] = field(default_factory=dict)
    """Steps that were taken out, by identity, with the code of why."""
    lacking: dict[str, tuple[str, Mapping[str, str | int]]] = field(default_factory=dict)
    """Ids of what is not made or revived after all, and why."""
    taken_out: dict[int, Sequence[Risk]] = field(default_factory=dict)
    """Such steps that were found only now."""
    losing: list[tuple[Step, set[str]]] = field(default_factory=list)
    counting: dict[str, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.first = self.scene.administrators()
        self.free = self.first - self.scene.shut_out(self.first)

    def take(self, step: Step) -> None:
        """Weigh a step, and let it be done unless it must not be."""
        step.risks = list(self.before.get(id(step), ()))
        if step.risks:
            self._drop(step, "grave-risk", {"risk": "last-administrator"})
            return
        lacking = next((id for id in sorted({*step.uses, step.id}) if id in self.lacking), None)
        if lacking is not None:
            self._drop(step, *self.lacking[lacking])
        elif self._strips_an_account(step):
            self._drop(step, _GUARDED, {})
        elif self._matters(step):
            self._do(step)
        else:
            step.risks += _of_action(step)
            if not self._refuse(step):
                self.scene.apply(step)
        if step.kind in KINDS or (step.kind == "groups" and self.scene.is_about_groups(step)):
            self.counting.clear()

    def settle(self) -> None:
        """Say what taking away rights comes to, once all is done."""
        there = self.scene.administrators()
        is_last = bool(self.first) and not (there - self.scene.shut_out(there) if self.free else there)
        lost = set().union(*(some for _, some in self.losing)) if self.losing else set()
        for step, some in self.losing:
            if is_last:
                step.risks.insert(0, Risk("last-administrator", {"count": len(lost)}, is_grave=True))
                if self._refuse(step):
                    self.taken_out[id(step)] = step.risks
            else:
                step.risks.insert(0, Risk("locks-out-administrators", {"count": len(some)}))

    def _do(self, step: Step) -> None:
        scene, wish = self.scene, self.wish
        admins = scene.administrators()
        policy = scene.after(step)
        only = None if policy is None else {step.id}
        watched = {*self.first, *admins, *wish.break_glass, *([wish.myself] if wish.myself else ())}
        people = watched if policy is not None else watched & scene.touched(step)
        before = {id: scene.standing(id, only) for id in people}
        shut_all = policy is not None and shuts_everybody(scene.policies.get(step.id, {}))
        free = admins - scene.shut_out(admins) if people else set()
        take_back = scene.apply(step)
        after = {id: scene.standing(id, only) for id in people}
        if any(_is_newly_under(before[id], after[id]) for id in wish.break_glass & people):
            take_back()
            self._drop(step, _GUARDED, {})
            return
        is_all = policy is not None and shuts_everybody(policy) and not shut_all
        step.risks += self._of_policies(step, before, after, free, is_all=is_all)
        step.risks += _of_action(step)
        if self._refuse(step):
            take_back()
        elif lost := admins - scene.administrators():
            self.losing.append((step, lost))

    def _of_policies(
        self, step: Step, before: Mapping[str, Standing], after: Mapping[str, Standing], free: set[str], *, is_all: bool
    ) -> Iterator[Risk]:
        """What policies come to by this step. ``free``: who administered before it, and was not shut out."""
        shut = {id: sorted(after[id].shut - before[id].shut) for id in after}
        shut = {id: policies for id, policies in shut.items() if policies}
        if is_all:
            yield Risk("would-block-everybody", {"policy": step.name}, is_grave=True)
        if policies := shut.get(self.wish.myself):
            yield Risk("would-block-yourself", {"policy": self._name(policies[0])}, is_grave=True)
        there = self.scene.administrators()
        caught = sorted(there & shut.keys())
        if caught:
            is_last = set(caught) == there or not (free & there) - self.scene.shut_out(free & there)
            facts: dict[str, str | int] = {"count": len(caught), "policy": self._name(shut[caught[0]][0])}
            yield Risk("locks-out-administrators", facts, is_grave=is_last)

    def _name(self, policy: str) -> str:
        return str(self.scene.policies[policy].get("displayName") or policy)

    def _matters(self, step: Step) -> bool:
        """It may change who administers, or whom policies reach."""
        if step.kind == "groups":
            if step.action is Action.UPDATE:
                return False
            if step.id not in self.counting:
                self.counting[step.id] = self.scene.counts(step.id)
            return self.counting[step.id]
        if step.kind == "users":
            return self.scene.touches_rights(step)
        return step.kind in KINDS

    def _strips_an_account(self, step: Step) -> bool:
        """It would disable, delete or rename an account for emergencies, or take away what it has."""
        accounts = self.wish.break_glass
        if not accounts:
            return False
        match step.kind, step.action:
            case "users", Action.UPDATE if step.id in accounts:
                return step.new.get("accountEnabled", True) is False or "userPrincipalName" in step.new
            case "users", Action.DELETE:
                return step.id in accounts
            case "roleAssignments", Action.DELETE:
                principals = {str(step.old.get("principalId")), *self.scene.touched(step)}
                return not accounts.isdisjoint(principals)
            case "groups", Action.UNLINK:
                return step.relation == "members" and not accounts.isdisjoint(self.scene.touched(step))
            case "groups", Action.DELETE:
                members = {link.id for link in step.links if link.relation == "members"}
                return not accounts.isdisjoint(members | self.scene.touched(step))
            case "groups", Action.UPDATE if _RULES & step.new.keys():  # a rule says then who is in it
                return not accounts.isdisjoint(self.scene.people(step.id)) and self.scene.counts(step.id)
            case _:
                return False

    def _refuse(self, step: Step) -> bool:
        """Take it out if it is graver than anybody has accepted; say whether it was."""
        refused = sorted({one.code for one in step.risks if one.is_grave} - self.wish.accepts)
        if refused:
            self._drop(step, "grave-risk", {"risk": refused[0]})
        return bool(refused)

    def _drop(self, step: Step, code: str, facts: Mapping[str, str | int]) -> None:
        self.dropped[id(step)] = code
        self.left += _left_out(step, code, facts)
        if step.action in (Action.CREATE, Action.REVIVE):
            for one in (step.id, *step.also.values()):
                self.lacking[one] = code, facts


def _is_newly_under(before: Standing, after: Standing) -> bool:
    return not after.under <= before.under or not after.shut <= before.shut


def _of_action(step: Step) -> Iterator[Risk]:
    match step.action:
        case Action.DELETE if step.reason == UNDO:  # it was made or brought back a moment ago
            yield Risk("deletes", {"count": 1})
        case Action.DELETE:
            keeps = goes_to_bin(SCHEMA[step.kind], step.old)
            is_little = step.kind in GIVING
            yield Risk("deletes", {"count": 1}) if keeps or is_little else Risk("deletes-for-good", {"count": 1}, True)
        case Action.REVIVE if step.kind in ("users", "groups", "servicePrincipals"):
            yield Risk("comes-with-rights", {"count": 1})
        case Action.CREATE:
            if step.kind == "users":
                yield Risk("passwords-are-new", {"count": 1})
            if step.kind in ("applications", "servicePrincipals"):
                yield Risk("secrets-are-new", {"count": 1})
            if step.kind in GIVING:
                yield Risk("gives-rights", {"count": 1})
            else:
                yield Risk("new-ids", {"count": 1})
        case Action.LINK if step.relation in ("appRoleAssignedTo", "scopedRoleMembers"):
            yield Risk("gives-rights", {"count": 1})
        case Action.UPDATE if step.kind == "conditionalAccessPolicies":
            if step.old.get("state") == _ENABLED and step.new.get("state") != _ENABLED:
                yield Risk("weakens-protection", {"count": 1})
    if step.request.path.startswith("/beta/"):
        yield Risk("beta", {"count": 1})


def _left_out(step: Step, code: str, facts: Mapping[str, str | int]) -> Iterator[LeftOut]:
    for key in step.keys:
        path = key.partition("#a:")[2]
        yield LeftOut(
            key=key,
            kind=step.kind,
            id=step.id,
            name=step.name,
            code=code,
            facts=dict(facts),
            old=step.new.get(path),
            new=step.old.get(path),
        )


def _together(steps: Iterable[Step], administrators: int) -> list[Risk]:
    """Each code once, with what it comes to."""
    counts: dict[str, int] = {}
    first: dict[str, Risk] = {}
    grave: set[str] = set()
    for step in steps:
        for risk in step.risks:
            number = risk.facts.get("count", 1)
            counts[risk.code] = counts.get(risk.code, 0) + (number if isinstance(number, int) else 1)
            first.setdefault(risk.code, risk)
            if risk.is_grave:
                grave.add(risk.code)
    for code in ("locks-out-administrators", "last-administrator"):
        if code in counts:
            counts[code] = min(counts[code], administrators)
    return [
        Risk(code, {**risk.facts, "count": counts[code]}, code in grave)
        for code, risk in sorted(first.items(), key=lambda one: (one[0] not in grave, one[0]))
    ]
