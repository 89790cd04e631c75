"""What could go wrong: who would lose a way in, what would be deleted, and what comes back without its secrets."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from saasbackup_desktop.core.directory.drafting import Survey, Wish
from saasbackup_desktop.core.directory.objects import DirectoryObject, key_of
from saasbackup_desktop.core.directory.plan import Action, LeftOut, Risk
from saasbackup_desktop.providers.microsoft.entra.kinds import SCHEMA
from saasbackup_desktop.providers.microsoft.entra.planning.groups import goes_to_bin
from saasbackup_desktop.providers.microsoft.entra.planning.steps import Step
from saasbackup_desktop.providers.microsoft.entra.planning.ways import GIVING

GLOBAL_ADMINISTRATOR: Final = "62e90394-69f5-4237-9190-012177145e10"
"""Template of the role, the same in every tenant ("Microsoft Entra built-in roles")."""
KINDS: Final = ("roleAssignments", "conditionalAccessPolicies")
_LEGACY: Final = frozenset({"exchangeActiveSync", "other"})
_ENABLED: Final = "enabled"


def involved(standing: Sequence[DirectoryObject]) -> set[str]:
    """Keys of people and groups by whom risks are weighed: who administers, and whom policies of access name."""
    found: set[str] = set()
    for one in standing:
        told: Any = one.properties
        if one.kind == "roleAssignments" and told.get("roleDefinitionId") == GLOBAL_ADMINISTRATOR:
            found |= {key_of(kind, told["principalId"]) for kind in ("users", "groups")}
        elif one.kind == "conditionalAccessPolicies":
            users = (told.get("conditions") or {}).get("users") or {}
            for name in ("includeGroups", "excludeGroups"):
                found |= {key_of("groups", id) for id in users.get(name) or ()}
        elif one.kind == "groups":
            found |= {key_of(link.kind, link.id) for link in one.links if link.kind in ("users", "groups")}
    return found


def weighed(steps: Sequence[Step], survey: Survey, wish: Wish) -> tuple[list[Step], list[LeftOut], list[Risk]]:
    """Put risks on steps, and take out those that must not or may not be done; also tells all risks together."""
    scene = _Scene.of(survey)
    left: list[LeftOut] = []
    safe: list[Step] = []
    for step in steps:
        if _touches_break_glass(step, scene, wish):
            left += _left_out(step, "break-glass", {})
        else:
            safe.append(step)
    _weigh(safe, scene, wish)
    kept: list[Step] = []
    for step in safe:
        refused = sorted({one.code for one in step.risks if one.is_grave} - wish.accepts)
        if refused:
            left += _left_out(step, "grave-risk", {"risk": refused[0]})
        else:
            kept.append(step)
    return kept, left, _together(safe, len(scene.administrators))


def _weigh(steps: Sequence[Step], scene: "_Scene", wish: Wish) -> None:
    losing = [step for step in steps if _loses(step, scene)]
    lost: set[str] = set()
    for step in losing:
        lost |= _loses(step, scene)
    remaining = scene.administrators - lost | _gained(steps, scene)
    is_last = bool(scene.administrators) and bool(lost) and not remaining
    for step in losing:
        if is_last:
            step.risks.append(Risk("last-administrator", {"count": len(lost)}, is_grave=True))
        else:
            step.risks.append(Risk("locks-out-administrators", {"count": len(_loses(step, scene))}))
    for step in steps:
        step.risks += _of_policy(step, scene, wish)
        step.risks += _of_action(step)


def _of_action(step: Step) -> Iterator[Risk]:
    match step.action:
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


# --- who administers -----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Scene:
    """How things stand now."""

    standing: Mapping[str, DirectoryObject]
    administrators: set[str] = field(default_factory=set)
    """Ids of people who are Global Administrators, directly or by a group, and can sign in."""
    by_assignment: dict[str, set[str]] = field(default_factory=dict)
    """Whom an assignment makes one."""
    by_group: dict[str, set[str]] = field(default_factory=dict)
    groups: dict[str, set[str]] = field(default_factory=dict)
    """Groups of people: id -> ids of groups."""
    roles: dict[str, set[str]] = field(default_factory=dict)
    """Roles of people: id -> ids of role templates."""

    @classmethod
    def of(cls, survey: Survey) -> "_Scene":
        """Look at what was gathered."""
        there: dict[str, DirectoryObject] = {one.key: one for one in survey.standing}
        for pair in survey.pairs:
            if pair.now is not None and pair.now.kind in ("users", "groups", *KINDS):
                there.setdefault(pair.now.key, pair.now)
        scene = cls(there)
        for one in there.values():
            if one.kind == "groups":
                for link in one.links:
                    if link.relation == "members":
                        scene.groups.setdefault(link.id, set()).add(one.id)
        for one in there.values():
            if one.kind != "roleAssignments":
                continue
            told: Any = one.properties
            principal, role = str(told.get("principalId")), str(told.get("roleDefinitionId"))
            people = scene._people(principal)
            for person in people:
                scene.roles.setdefault(person, set()).add(role)
            if role == GLOBAL_ADMINISTRATOR and told.get("directoryScopeId") in (None, "/"):
                able = {id for id in people if scene.can_sign_in(id)}
                scene.by_assignment[one.id] = able
                scene.administrators |= able
                if key_of("groups", principal) in there:
                    scene.by_group[principal] = able
        return scene

    def _people(self, principal: str) -> set[str]:
        group = self.standing.get(key_of("groups", principal))
        if group is None:
            return {principal}
        return {link.id for link in group.links if link.relation == "members"}

    def can_sign_in(self, id: str) -> bool:
        """An account that is known and not disabled; applications never are people."""
        user = self.standing.get(key_of("users", id))
        return user is not None and user.properties.get("accountEnabled") is not False


def _loses(step: Step, scene: _Scene) -> set[str]:
    """Administrators who could not sign in or would not be administrators any more."""
    if step.kind == "users" and step.id in scene.administrators:
        is_gone = step.action is Action.DELETE
        return {step.id} if is_gone or step.new.get("accountEnabled", True) is False else set()
    if step.kind == "roleAssignments" and step.action is Action.DELETE:
        return scene.by_assignment.get(step.id, set())
    if step.kind == "groups" and step.id in scene.by_group:
        if step.action is Action.DELETE:
            return scene.by_group[step.id]
        if step.action is Action.UNLINK and step.relation == "members" and step.target in scene.by_group[step.id]:
            return {step.target}
    return set()


def _gained(steps: Iterable[Step], scene: _Scene) -> set[str]:
    """People who would be administrators by then."""
    found = set()
    for step in steps:
        if step.action is Action.CREATE and step.kind == "roleAssignments" and isinstance(step.request.body, dict):
            if step.request.body.get("roleDefinitionId") == GLOBAL_ADMINISTRATOR:
                found.add(str(step.request.body.get("principalId")))
        elif step.kind == "groups" and step.action is Action.LINK and step.id in scene.by_group:
            found.add(step.target)
    return found


# --- policies of access --------------------------------------------------------------------------------------------


def _of_policy(step: Step, scene: _Scene, wish: Wish) -> Iterator[Risk]:
    after = _policy_after(step, scene)
    if after is None or not _blocks(after):
        return
    before = _policy_before(step, scene)
    if _blocks_everybody(after) and not (_blocks(before) and _blocks_everybody(before)):
        yield Risk("would-block-everybody", {"policy": step.name}, is_grave=True)
    if wish.myself and _reaches(after, wish.myself, scene) and not _is_blocked(before, wish.myself, scene):
        yield Risk("would-block-yourself", {"policy": step.name}, is_grave=True)
    caught = {id for id in scene.administrators if _reaches(after, id, scene) and not _is_blocked(before, id, scene)}
    if caught:
        is_all = caught == scene.administrators
        yield Risk("locks-out-administrators", {"count": len(caught), "policy": step.name}, is_grave=is_all)


def _policy_after(step: Step, scene: _Scene) -> Mapping[str, Any] | None:
    """A policy of access as it would be; None: the step makes or changes none."""
    if step.kind != "conditionalAccessPolicies":
        return None
    if step.action is Action.REVIVE:
        return None
    if step.action is Action.CREATE:
        return step.request.body if isinstance(step.request.body, dict) else None
    if step.action is Action.UPDATE and isinstance(step.request.body, dict):
        return {**_policy_before(step, scene), **step.request.body}
    return None


def _policy_before(step: Step, scene: _Scene) -> Mapping[str, Any]:
    found = scene.standing.get(key_of(step.kind, step.id))
    return {} if found is None else found.properties


def _is_blocked(policy: Mapping[str, Any], id: str, scene: _Scene) -> bool:
    return _blocks(policy) and _reaches(policy, id, scene)


def _blocks(policy: Mapping[str, Any]) -> bool:
    """It is on, and lets nobody in whom it reaches, at all times and from everywhere."""
    controls = policy.get("grantControls") or {}
    return (
        policy.get("state") == _ENABLED
        and "block" in (controls.get("builtInControls") or ())
        and _is_wide(policy.get("conditions") or {})
    )


def _is_wide(conditions: Mapping[str, Any]) -> bool:
    """Nothing but whom it is about narrows it: no places, risks, devices or old ways of signing in."""
    applications = conditions.get("applications") or {}
    included = set(applications.get("includeApplications") or ())
    if not included & {"All", "MicrosoftAdminPortals", "797f4846-ba00-4fd7-ba43-dac1f8f63013", "Office365"}:
        return False
    clients = set(conditions.get("clientAppTypes") or ())
    if clients and clients <= _LEGACY:
        return False
    narrowing = ("locations", "platforms", "devices", "signInRiskLevels", "userRiskLevels", "authenticationFlows")
    return not any(_says(conditions.get(name)) for name in narrowing)


def _says(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_says(one) for one in value.values())
    if isinstance(value, list):
        return bool(value) and value not in (["All"], ["all"])
    return value is not None and value is not False and value != ""


def _blocks_everybody(policy: Mapping[str, Any]) -> bool:
    users = (policy.get("conditions") or {}).get("users") or {}
    spared = any(users.get(name) for name in ("excludeUsers", "excludeGroups", "excludeRoles"))
    return "All" in (users.get("includeUsers") or ()) and not spared


def _reaches(policy: Mapping[str, Any], id: str, scene: _Scene) -> bool:
    """The policy is about this person."""
    users = (policy.get("conditions") or {}).get("users") or {}
    groups, roles = scene.groups.get(id, set()), scene.roles.get(id, set())
    if (
        id in (users.get("excludeUsers") or ())
        or groups & set(users.get("excludeGroups") or ())
        or roles & set(users.get("excludeRoles") or ())
    ):
        return False
    included = users.get("includeUsers") or ()
    return (
        "All" in included
        or id in included
        or bool(groups & set(users.get("includeGroups") or ()))
        or bool(roles & set(users.get("includeRoles") or ()))
    )


# --- accounts that must keep their way in --------------------------------------------------------------------------


def _touches_break_glass(step: Step, scene: _Scene, wish: Wish) -> bool:
    """It would disable, delete or strip such an account, or bring it under a policy that it was not under."""
    accounts = wish.break_glass
    if not accounts:
        return False
    if step.kind == "users" and step.id in accounts:
        if step.action is Action.UPDATE:
            return step.new.get("accountEnabled", True) is False or "userPrincipalName" in step.new
        return step.action is Action.DELETE
    if step.kind == "roleAssignments" and step.action is Action.DELETE:
        return step.old.get("principalId") in accounts or bool(scene.by_assignment.get(step.id, set()) & accounts)
    if step.kind == "groups" and step.action is Action.UNLINK:
        return step.relation == "members" and step.target in accounts
    if step.kind == "groups" and step.action is Action.DELETE:
        return any(link.relation == "members" and link.id in accounts for link in step.links)
    after = _policy_after(step, scene)
    if after is None or after.get("state") != _ENABLED:
        return False
    before = _policy_before(step, scene)
    was = {id for id in accounts if before.get("state") == _ENABLED and _reaches(before, id, scene)}
    return any(_reaches(after, id, scene) for id in accounts - was)


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
