"""Who administers, who is in which groups, and which policies of access there are: now, and after each step."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, TypeVar

from saasbackup_desktop.core.directory.drafting import Survey
from saasbackup_desktop.core.directory.placeholders import with_old_ids
from saasbackup_desktop.core.directory.plan import Action
from saasbackup_desktop.providers.microsoft.entra.planning.shutting import groups_named, is_on, reaches, shuts
from saasbackup_desktop.providers.microsoft.entra.planning.steps import Step

GLOBAL_ADMINISTRATOR: Final = "62e90394-69f5-4237-9190-012177145e10"
"""Template of the role, the same in every tenant ("Microsoft Entra built-in roles")."""
KINDS: Final = ("roleAssignments", "conditionalAccessPolicies")

T = TypeVar("T")

TakeBack = Callable[[], None]


class Role(NamedTuple):
    """Somebody has a role. ``principal``: a person, a group or an application."""

    principal: str
    role: str
    is_everywhere: bool


class Standing(NamedTuple):
    """Ids of policies that are on and reach somebody, and of those among them that let them in no more."""

    under: frozenset[str]
    shut: frozenset[str]


@dataclass(slots=True)
class Scene:
    """How things stand at one moment of a plan."""

    enabled: dict[str, bool] = field(default_factory=dict)
    """People that are known: may they sign in?"""
    members: dict[str, set[str]] = field(default_factory=dict)
    """Of groups that are known: who is in them directly."""
    roles: dict[str, Role] = field(default_factory=dict)
    policies: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    _above: dict[str, set[str]] = field(default_factory=dict)
    """In which groups something is, or was."""

    @classmethod
    def of(cls, survey: Survey) -> "Scene":
        """Look at what was gathered."""
        there = {one.key: one for one in survey.standing}
        for pair in survey.pairs:
            if pair.now is not None and pair.now.kind in ("users", "groups", *KINDS):
                there.setdefault(pair.now.key, pair.now)
        scene = cls()
        for one in there.values():
            scene._add(one.kind, one.id, one.properties, _members(one.links))
        return scene

    # --- what is so ----------------------------------------------------------------------------------------------

    def people(self, principal: str) -> set[str]:
        """Who that is: somebody, or all in a group and in those within it; the groups themselves, too."""
        found, left = {principal}, [principal]
        while left:
            for id in self.members.get(left.pop(), ()):
                if id not in found:
                    found.add(id)
                    left.append(id)
        return found

    def groups(self, id: str) -> set[str]:
        """The groups that something is in, directly or by another group."""
        found: set[str] = set()
        left = [id]
        while left:
            one = left.pop()
            for group in self._above.get(one, ()):
                if group not in found and one in self.members.get(group, ()):
                    found.add(group)
                    left.append(group)
        return found

    def administrators(self) -> set[str]:
        """People who are Global Administrators, directly or by a group, and can sign in."""
        found: set[str] = set()
        for one in self.roles.values():
            if one.role == GLOBAL_ADMINISTRATOR and one.is_everywhere:
                found |= {id for id in self.people(one.principal) if self.enabled.get(id, False)}
        return found

    def shut_out(self, people: Iterable[str]) -> set[str]:
        """Those of some people whom a policy lets in no more."""
        return {id for id in people if self.standing(id).shut}

    def standing(self, person: str, only: Collection[str] | None = None) -> Standing:
        """Under which policies somebody is; ``only``: of these."""
        groups = self.groups(person)
        principals = {person, *groups}
        roles = {one.role for one in self.roles.values() if one.principal in principals}
        under = {
            id
            for id, policy in self.policies.items()
            if (only is None or id in only) and is_on(policy) and reaches(policy, person, groups, roles)
        }
        return Standing(frozenset(under), frozenset(id for id in under if shuts(self.policies[id])))

    def counts(self, group: str) -> bool:
        """Who is in this group has a say in who administers and whom policies reach."""
        above = {group, *self.groups(group)}
        return any(not above.isdisjoint(groups_named(one)) for one in self.policies.values()) or any(
            one.principal in above for one in self.roles.values()
        )

    def touches_rights(self, step: Step) -> bool:
        """Somebody who has a role may sign in after this, or may not any more."""
        if step.action is Action.UPDATE and "accountEnabled" not in step.new:
            return False
        holders = {step.id, *self.groups(step.id)}
        return any(one.principal in holders for one in self.roles.values())

    def is_about_groups(self, step: Step) -> bool:
        """Groups are within other groups after this, or are not any more."""
        ties = step.action in (Action.LINK, Action.UNLINK)
        return any(id in self.members for id in (targets(step) if ties else step.brings))

    # --- what becomes of it --------------------------------------------------------------------------------------

    def touched(self, step: Step) -> set[str]:
        """Who is in other groups, has other roles or is not there any more after a step."""
        match step.kind, step.action:
            case "users", _:
                return {step.id}
            case "groups", Action.LINK | Action.UNLINK if step.relation == "members":
                return set().union(*(self.people(id) for id in targets(step)))
            case "groups", Action.DELETE:
                return self.people(step.id)
            case "groups", Action.REVIVE:
                return set().union(*(self.people(id) for id in step.brings))
            case "roleAssignments", Action.CREATE | Action.REVIVE:
                return self.people(_role(_told(step)).principal)
            case "roleAssignments", Action.DELETE if step.id in self.roles:
                return self.people(self.roles[step.id].principal)
            case _:
                return set()

    def apply(self, step: Step) -> TakeBack:
        """Let a step be done."""
        match step.action:
            case Action.CREATE | Action.REVIVE:
                return self._add(step.kind, step.id, _told(step), step.brings)
            case Action.DELETE:
                return self._remove(step.kind, step.id)
            case Action.UPDATE:
                return self._update(step)
            case Action.LINK | Action.UNLINK if step.kind == "groups" and step.relation == "members":
                return self._tie(step)
            case _:
                return _nothing

    def after(self, step: Step) -> Mapping[str, Any] | None:
        """A policy of access as a step makes it; None: it makes or changes none."""
        if step.kind != "conditionalAccessPolicies":
            return None
        if step.action in (Action.CREATE, Action.REVIVE):
            return _told(step)
        if step.action is Action.UPDATE:
            body = with_old_ids(step.request.body)
            return {**self.policies.get(step.id, {}), **(body if isinstance(body, dict) else {})}
        return None

    def _add(self, kind: str, id: str, told: Mapping[str, Any], members: Collection[str]) -> TakeBack:
        match kind:
            case "users":
                return _put(self.enabled, id, told.get("accountEnabled") is not False)
            case "groups":
                for one in members:
                    self._above.setdefault(one, set()).add(id)
                return _put(self.members, id, set(members))
            case "roleAssignments":
                return _put(self.roles, id, _role(told))
            case "conditionalAccessPolicies":
                return _put(self.policies, id, told)
            case _:
                return _nothing

    def _remove(self, kind: str, id: str) -> TakeBack:
        match kind:
            case "users":
                return _drop(self.enabled, id)
            case "groups":
                return _drop(self.members, id)
            case "roleAssignments":
                return _drop(self.roles, id)
            case "conditionalAccessPolicies":
                return _drop(self.policies, id)
            case _:
                return _nothing

    def _update(self, step: Step) -> TakeBack:
        if step.kind == "users" and "accountEnabled" in step.new:
            return _put(self.enabled, step.id, step.new["accountEnabled"] is not False)
        after = self.after(step)
        return _nothing if after is None else _put(self.policies, step.id, after)

    def _tie(self, step: Step) -> TakeBack:
        there = self.members.setdefault(step.id, set())
        some = {id for id in targets(step) if (id in there) is (step.action is Action.UNLINK)}
        if step.action is Action.LINK:
            for id in some:
                self._above.setdefault(id, set()).add(step.id)
            there |= some
            return lambda: there.difference_update(some)
        there -= some
        return lambda: there.update(some)


def targets(step: Step) -> list[str]:
    """What a step ties or cuts loose."""
    return [one.id for one in step.links] or [step.target]


def _members(links: Iterable[Any]) -> set[str]:
    return {one.id for one in links if one.relation == "members"}


def _told(step: Step) -> Mapping[str, Any]:
    """What an object is once it is made or back."""
    told = with_old_ids(step.request.body) if step.action is Action.CREATE else step.state
    return told if isinstance(told, dict) else {}


def _role(told: Mapping[str, Any]) -> Role:
    role, scope = str(told.get("roleDefinitionId")), told.get("directoryScopeId")
    return Role(str(told.get("principalId")), role, scope in (None, "/"))


def _put(table: dict[str, T], id: str, value: T) -> TakeBack:
    before = table.get(id)
    table[id] = value

    def take_back() -> None:
        if before is None:
            del table[id]
        else:
            table[id] = before

    return take_back


def _drop(table: dict[str, T], id: str) -> TakeBack:
    if id not in table:
        return _nothing
    before = table.pop(id)

    def take_back() -> None:
        table[id] = before

    return take_back


def _nothing() -> None:
    """Nothing was done."""
