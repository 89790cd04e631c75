"""The truth of the pretend directory, open to tests: what is there, how it is tied, what was deleted."""

import random
import uuid
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from saasbackup_desktop.sim.graph.entra.kinds import SHAPES
from saasbackup_desktop.sim.graph.entra.merging import fresh, merged
from saasbackup_desktop.sim.graph.feed import Feed

if TYPE_CHECKING:
    from saasbackup_desktop.sim.graph.tenant import Tenant

PRINCIPALS: Final = (
    "users",
    "groups",
    "devices",
    "contacts",
    "applications",
    "servicePrincipals",
    "administrativeUnits",
)
"""Kinds whose ids share one space: ``directoryObjects``."""
ROLES: Final = {
    "Global Administrator": "62e90394-69f5-4237-9190-012177145e10",
    "Privileged Role Administrator": "e8611ab8-c189-46e8-94e1-60213ab1f814",
    "Conditional Access Administrator": "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9",
    "User Administrator": "fe930be7-5e62-47db-91af-98c3a49a38b1",
    "Global Reader": "f2ef992c-3afb-46b9-b7cf-a126ee74c451",
    "Application Administrator": "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
    "Helpdesk Administrator": "729827e3-9c14-49f7-bb1b-9608f156bbb8",
}
"""Built-in roles: the same ids in every tenant."""
STRENGTHS: Final = {
    "Multifactor authentication": "00000000-0000-0000-0000-000000000002",
    "Passwordless MFA": "00000000-0000-0000-0000-000000000003",
    "Phishing-resistant MFA": "00000000-0000-0000-0000-000000000004",
}
"""Built-in authentication strengths."""
_HANGING: Final = {
    "roleAssignments": ("principalId", "roleDefinitionId"),
    "roleEligibilitySchedules": ("principalId", "roleDefinitionId"),
    "oauth2PermissionGrants": ("clientId", "resourceId", "principalId"),
    "appRoleAssignments": ("principalId", "resourceId"),
}
"""What goes with an object that it names."""
_ONCE: Final = {
    "roleAssignments": ("directoryScopeId",),
    "roleEligibilitySchedules": ("directoryScopeId",),
    "oauth2PermissionGrants": (),
    "appRoleAssignments": ("appRoleId",),
}
"""What tells them apart beside that."""
Tie = tuple[str, str, str, str]
"""Kind and id of what holds it, its relation, and the id of the other."""


class Directory:
    """Everything that a directory keeps. Reach it as ``tenant.directory``.

    Direct edits are for tests (an attack, a busy administrator): ``add``, ``change``, ``remove``, ``restore``,
    ``link``, ``unlink``. They follow no rules of permissions or validation, and show in delta queries like any other
    change. Users and groups are the same dictionaries as ``tenant.users`` and ``tenant.groups``.
    """

    def __init__(self, tenant: "Tenant") -> None:
        self.tenant = tenant
        self.dice = random.Random(tenant.domain)
        self._objects: dict[str, dict[str, dict[str, Any]]] = {kind: {} for kind in SHAPES}
        self._objects |= {"users": tenant.users, "groups": tenant.groups}
        self._feeds = {kind: Feed() for kind in SHAPES}
        self._feeds |= {"users": tenant.user_feed, "groups": tenant.group_feed}
        self._bins: dict[str, dict[str, dict[str, Any]]] = {kind: {} for kind in SHAPES}
        self._bins["users"] = tenant.deleted_users
        self._links: dict[tuple[str, str], dict[str, list[str]]] = {("groups", "members"): tenant.members}
        self._holders: dict[str, set[tuple[str, str, str]]] = {}
        """Who holds a tie to something: may tell too many, never too few."""
        self._consents: dict[str, tuple[tuple[int, int], dict[str, list[dict[str, Any]]]]] = {}
        self._known: dict[tuple[str, str], dict[str, dict[str, tuple[int, bool]]]] = {}
        self.backing: dict[str, dict[str, Any]] = {
            "applications": {},
            "servicePrincipals": {},
            "appRoleAssignments": {},
        }
        """By kind and id: the registered application behind an object, one that can sign in; see ``mirror``."""
        self.mirrored: object = None
        """What was registered when ``mirror`` looked last."""
        self.known_elsewhere: dict[str, dict[str, Any]] = {}
        """Applications that other tenants registered, by ``appId``: ``appId``, ``displayName``, ``appRoles``..."""
        self._settle()

    def new_id(self) -> str:
        """An id that nothing has: the same ones in the same order in every run."""
        return str(uuid.UUID(int=self.dice.getrandbits(128), version=4))

    def objects(self, kind: str) -> dict[str, dict[str, Any]]:
        """Everything of a kind, by id. What begins with ``_`` is the pretend server's own."""
        return self._objects[kind]

    def single(self, kind: str) -> dict[str, Any]:
        """The one object of a kind that has exactly one."""
        [found] = self._objects[kind].values()
        return found

    def deleted(self, kind: str) -> dict[str, dict[str, Any]]:
        """What is in the recycle bin."""
        return self._bins[kind]

    def feed(self, kind: str) -> Feed:
        """What changed, for delta queries."""
        return self._feeds[kind]

    def consents(self, which: str) -> dict[str, list[dict[str, Any]]]:
        """App roles that were given, by ``resourceId`` or ``principalId``."""
        at = self._feeds["appRoleAssignments"].position, len(self._objects["appRoleAssignments"])
        if which not in self._consents or self._consents[which][0] != at:
            found: dict[str, list[dict[str, Any]]] = {}
            for one in self._objects["appRoleAssignments"].values():
                found.setdefault(one[which], []).append(one)
            self._consents[which] = at, found
        return self._consents[which][1]

    def find(self, id: str, kinds: Iterable[str] = PRINCIPALS) -> tuple[str, dict[str, Any]] | None:
        """Kind and object of an id."""
        for kind in kinds:
            if (found := self._objects[kind].get(id)) is not None:
                return kind, found
        return None

    def is_known(self, one: Mapping[str, Any]) -> bool:
        """Something that was just made is known everywhere (see ``Tenant.replication``)."""
        return "_since" not in one or float(one["_since"]) <= self.tenant.now()

    def add(self, kind: str, **properties: Any) -> dict[str, Any]:
        """Put an object there; what is not said is as in a new one. The id may be given."""
        shape = SHAPES[kind]
        found: dict[str, Any] = fresh(shape.defaults)
        if kind == "customSecurityAttributeDefinitions":
            properties.setdefault("id", f"{properties['attributeSet']}_{properties['name']}")
        for name in filter(None, (shape.made, shape.changed)):
            found[name] = self.tenant.moment()
        found |= {
            name: value if name.startswith("_") else merged(shape.defaults.get(name), value)
            for name, value in properties.items()
        }
        if shape.key == "id":
            found = {"id": found.get("id") or self.new_id(), **found}
        for part in shape.parts:
            found.setdefault(f"_{part.name}", [])
        key = str(found[shape.key]) if shape.key else kind
        self._objects[kind][key] = found
        if kind == "groups":
            self.tenant.members.setdefault(key, [])
        self._feeds[kind].touch(key)
        return found

    def change(self, kind: str, id: str, **changes: Any) -> dict[str, Any]:
        """Change properties of an object: each as a whole. Raises KeyError."""
        found, shape = self._objects[kind][id], SHAPES[kind]
        found.update(changes)
        if kind == "applications" and (application := found.get("_backing")) is not None:
            application.name, application.tags = found["displayName"], found["tags"]
            application.asked = found["requiredResourceAccess"]
        if kind == "users":
            found["_changed"] = frozenset(changes)
        if shape.changed:
            found[shape.changed] = self.tenant.moment()
        self._feeds[kind].touch(id)
        return found

    def remove(self, kind: str, id: str, *, for_good: bool = False) -> None:
        """Delete an object, and its ties with it. ``for_good``: past the recycle bin. Raises KeyError."""
        found = self._objects[kind].pop(id)
        is_kept = not for_good and self.keeps(kind, found)
        self._lay_down(kind, id, found, is_there=False)
        ties, hung = self._tear(kind, id), self._drop_what_hangs_on(kind, id, found, is_kept)
        if is_kept:
            found |= {"deletedDateTime": self.tenant.moment(), "_ties": ties, "_hung": hung}
            if kind == "users":
                found["_name"] = found["userPrincipalName"]
                found["userPrincipalName"] = id.replace("-", "") + found["userPrincipalName"]
            self._bins[kind][id] = found
        self._feeds[kind].drop(id, "changed" if is_kept else "deleted")

    def purge(self, kind: str, id: str) -> None:
        """Take something out of the recycle bin for good. Raises KeyError."""
        del self._bins[kind][id]
        self._feeds[kind].drop(id, "deleted")

    def restore(self, kind: str, id: str) -> dict[str, Any]:
        """Take something out of the recycle bin: it keeps its id, and its ties to what is still there."""
        found = self._bins[kind].pop(id)
        shape = SHAPES[kind]
        if "deletedDateTime" in shape.defaults:
            found["deletedDateTime"] = None
        else:
            del found["deletedDateTime"]
        if kind == "users":
            found["userPrincipalName"] = found.pop("_name")
        self._objects[kind][id] = found
        if kind == "groups":
            self.tenant.members.setdefault(id, [])
        for tie in found.pop("_ties"):
            self._tie_again(tie)
        for other, one in found.pop("_hung"):
            self._hang_again(other, one)
        self._lay_down(kind, id, found, is_there=True)
        self._feeds[kind].touch(id)
        return found

    def keeps(self, kind: str, found: dict[str, Any]) -> bool:
        """What is deleted goes to the recycle bin; of groups, those of Microsoft 365 alone."""
        return bool(SHAPES[kind].bin) and (kind != "groups" or "Unified" in found.get("groupTypes", ()))

    def links(self, kind: str, relation: str) -> dict[str, list[str]]:
        """All ties of a relation: id -> ids."""
        return self._links.setdefault((kind, relation), {})

    def linked(self, kind: str, id: str, relation: str) -> list[str]:
        """What an object is tied to, oldest tie first; do not change it."""
        return self.links(kind, relation).get(id, [])

    def link(self, kind: str, id: str, relation: str, *targets: str) -> None:
        """Tie an object to others; where there can be one alone, in the place of the one before."""
        known = SHAPES[kind].relation(relation)
        if known is not None and known.is_one:
            self.links(kind, relation)[id] = list(targets[-1:])
        else:
            self.links(kind, relation).setdefault(id, []).extend(targets)
        self.hold(kind, id, relation, targets)
        self._feeds[kind].touch(id)

    def hold(self, kind: str, id: str, relation: str, targets: Iterable[str]) -> None:
        """Remember who is tied to what; for ties that are made beside this class."""
        for target in targets:
            self._holders.setdefault(target, set()).add((kind, id, relation))

    def unlink(self, kind: str, id: str, relation: str, target: str) -> None:
        """Untie. Raises ValueError."""
        self.links(kind, relation).get(id, []).remove(target)
        self._feeds[kind].touch(id)

    def known_links(self, kind: str, relation: str) -> dict[str, dict[str, tuple[int, bool]]]:
        """What ``link_changes`` found the last time."""
        return self._known.setdefault((kind, relation), {})

    def link_changes(self, kind: str, relation: str) -> dict[str, dict[str, tuple[int, bool]]]:
        """When each tie came or went, noticed now: id -> target -> position, and whether it is there."""
        known = self._known.setdefault((kind, relation), {})
        feed = self._feeds[kind]
        there = self.links(kind, relation)
        for id in self._objects[kind]:
            now, before = there.get(id, ()), known.get(id)
            if before is None:
                if not now:
                    continue
                before = known[id] = {}
            was = [target for target, (_, is_there) in before.items() if is_there]
            if was == now:
                continue
            feed.touch(id)
            for target in set(was).difference(now):
                before[target] = feed.position, False
            for target in now:
                position, is_there = before.pop(target, (0, False))
                before[target] = (position if is_there else feed.position), True
        return known

    def _tear(self, kind: str, id: str) -> list[Tie]:
        """Take all ties of an object away: those from it and those to it."""
        torn: list[Tie] = []
        for (holder, relation), there in self._links.items():
            if holder == kind:
                torn += [(kind, id, relation, target) for target in there.pop(id, ())]
        for holder, at, relation in sorted(self._holders.pop(id, ())):
            targets = self.links(holder, relation).get(at, [])
            if id in targets:
                torn.append((holder, at, relation, id))
                targets.remove(id)
                self._feeds[holder].touch(at)
        return torn

    def _drop_what_hangs_on(
        self, kind: str, id: str, found: dict[str, Any], is_kept: bool
    ) -> list[tuple[str, dict[str, Any]]]:
        hung = []
        for other, names in _HANGING.items():
            there = self._objects[other]
            for at in [at for at, one in there.items() if any(one.get(name) == id for name in names)]:
                hung.append((other, there.pop(at)))
                self._lay_down(other, at, hung[-1][1], is_there=False)
                self._feeds[other].drop(at)
        if kind == "applications":
            principals = self._objects["servicePrincipals"]
            for at in [at for at, one in principals.items() if one["appId"] == found["appId"]]:
                self.remove("servicePrincipals", at, for_good=not is_kept)
        return hung

    def _lay_down(self, kind: str, id: str, found: dict[str, Any], *, is_there: bool) -> None:
        """Take the registered application behind an object away, or bring it back."""
        application = found.get("_backing")
        if application is None:
            return
        if kind == "applications":
            if is_there:
                self.tenant.applications[application.id] = application
            else:
                self.tenant.applications.pop(application.id, None)
        elif kind == "servicePrincipals":
            application.has_principal = is_there
        elif is_there:
            application.granted.add(found["_permission"])
        else:
            self.tenant.known_roles.add(found["_permission"])
            application.granted.discard(found["_permission"])
        if is_there and application.id in self.tenant.applications:
            self.backing[kind][id] = application
        else:
            self.backing[kind].pop(id, None)

    def _tie_again(self, tie: Tie) -> None:
        """Tie what was tied before; once the other is back, too, if it is in the bin."""
        holder, at, relation, target = tie
        known = SHAPES[holder].relation(relation)
        if at not in self._objects[holder]:
            left = self._bins[holder].get(at)
        elif self.find(target, known.kinds if known else PRINCIPALS) is None:
            left = self._in_bin(target)
        else:
            there = self.linked(holder, at, relation)
            if target not in there and not (known and known.is_one and there):
                self.link(holder, at, relation, target)
            return
        if left is not None:
            left["_ties"].append(tie)

    def _hang_again(self, kind: str, one: dict[str, Any]) -> None:
        """Let what hung on something be there again; once everything that it names is back, if that is in the bin."""
        names = _HANGING[kind]
        for name in names:
            if one.get(name) and self.find(one[name], (*PRINCIPALS, "roleDefinitions")) is None:
                left = self._in_bin(one[name])
                if left is not None:
                    left["_hung"].append((kind, one))
                return
        same = (*names, *_ONCE[kind])
        if any(all(other[name] == one[name] for name in same) for other in self._objects[kind].values()):
            return
        self._objects[kind][one["id"]] = one
        self._lay_down(kind, one["id"], one, is_there=True)
        self._feeds[kind].touch(one["id"])

    def _in_bin(self, id: str) -> dict[str, Any] | None:
        return next((self._bins[kind][id] for kind in PRINCIPALS if id in self._bins[kind]), None)

    def _settle(self) -> None:
        """What every tenant has from its first day."""
        for kind, shape in SHAPES.items():
            if shape.is_single:
                self.add(kind)
        for name, id in ROLES.items():
            said = f"{name}, as the service defines it."
            self.add("roleDefinitions", id=id, templateId=id, displayName=name, description=said, isBuiltIn=True)
        for number, (name, id) in enumerate(STRENGTHS.items()):
            ways = ["windowsHelloForBusiness", "fido2", "x509CertificateMultiFactor"]
            ways += ["deviceBasedPush", "temporaryAccessPassOneTime"] if number < 2 else []
            ways += ["password,sms", "password,microsoftAuthenticatorPush"] if number < 1 else []
            self.add(
                "authenticationStrengthPolicies",
                id=id,
                displayName=name,
                allowedCombinations=ways,
                policyType="builtIn",
            )
        domain = {"capabilities": "Email", "isDefault": True, "isInitial": False, "type": "Managed"}
        self.add(
            "organization",
            id=self.tenant.id,
            displayName=self.tenant.domain.partition(".")[0].title(),
            verifiedDomains=[{**domain, "name": self.tenant.domain}],
        )
        self.add("domains", id=self.tenant.domain, isDefault=True, isVerified=True, supportedServices=["Email"])
