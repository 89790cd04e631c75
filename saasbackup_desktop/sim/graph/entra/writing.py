"""Writing to the pretend directory: what is made, changed, removed and tied, and what is refused."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from saasbackup_desktop.sim.graph import registration
from saasbackup_desktop.sim.graph.app import Asked, Handler, Route, route
from saasbackup_desktop.sim.graph.entra import checks, mirror
from saasbackup_desktop.sim.graph.entra.asking import allowed_to_write, denied, sent
from saasbackup_desktop.sim.graph.entra.checks import bad
from saasbackup_desktop.sim.graph.entra.inside import (
    numbered,
    part_changing,
    part_making,
    part_removing,
    replacing,
    secret_adding,
    secret_removing,
)
from saasbackup_desktop.sim.graph.entra.kinds import SHAPES
from saasbackup_desktop.sim.graph.entra.merging import fresh, merged
from saasbackup_desktop.sim.graph.entra.reading import PRIVATE, directory_of, missing, object_of, shown
from saasbackup_desktop.sim.graph.entra.shapes import Parts, Relation, Shape
from saasbackup_desktop.sim.graph.entra.store import Directory
from saasbackup_desktop.sim.graph.entra.tying import bound, relation_of, tie_check, tying, untying
from saasbackup_desktop.sim.graph.wire import Answer, Refusal

_CLOUD: Final = frozenset({"usageLocation", "otherMails", "customSecurityAttributes"})
"""What the cloud rules of people whom an on-premises directory rules."""
_ROLES: Final = "RoleManagement.ReadWrite.Directory"
_CATALOGUED: Final = frozenset({"compliancePolicies", "configurationPolicies"})
"""Kinds whose settings are put, all of them, and never patched."""
_SHOWN: Final = frozenset({"deviceCompliancePolicies", "deviceConfigurations", "compliancePolicies", "termsOfUse"})
"""Kinds whose changed objects are answered; of others a change answers nothing."""


def _taken(asked: Asked, shape: Shape, said: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """What may be written of what was sent, checked. Raises Refusal."""
    plain = {
        name: value for name, value in said.items() if "@" not in name or (shape.is_typed and name == "@odata.type")
    }
    known = _known(shape)
    for name, value in plain.items():
        if not shape.is_typed and name not in known and not name.startswith("extension_"):
            raise bad(f"The property '{name}' does not exist on type 'microsoft.graph.{shape.type}'.")
        is_repeated = shape.id in _CATALOGUED and value == found.get(name)
        if name in shape.fixed or (found and name in shape.once and not is_repeated):
            raise bad(f"Property '{name}' is read-only and cannot be set.")
        if found and name == shape.key and value != found.get(name):
            raise bad(f"Property '{name}' is read-only and cannot be set.")
    if not found or shape.replaces:
        for name in sorted(shape.required):
            if said.get(name) is None:
                raise bad(f"A value is required for property '{name}' of resource '{shape.type}'.")
    directory = asked.tenant.directory
    _unique(directory, shape, plain, found)
    _may(asked, shape, plain)
    if shape.check is not None:
        shape.check(directory, plain, found)
    return plain


def _known(shape: Shape) -> frozenset[str]:
    names = {*shape.defaults, *shape.hidden, *shape.required, *shape.fixed, *shape.once, *shape.unique}
    names |= {part.name for part in shape.parts} | {shape.key, shape.made, shape.changed, "@odata.type"}
    return frozenset(name for name in names if name)


def _unique(directory: Directory, shape: Shape, said: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    for name in shape.unique & said.keys():
        wanted = said[name] if isinstance(said[name], list) else [said[name]]
        folded = {str(one).casefold() for one in wanted if one is not None}
        for one in directory.objects(shape.id).values() if folded else ():
            have = one.get(name)
            values = have if isinstance(have, list) else [have]
            if one is not found and any(str(value).casefold() in folded for value in values if value is not None):
                raise bad(f"Another object with the same value for property {name} already exists.")


def _may(asked: Asked, shape: Shape, said: Mapping[str, Any]) -> None:
    scopes = asked.grant.scopes
    if any(PRIVATE[name].format("ReadWrite") not in scopes for name in PRIVATE.keys() & said.keys()):
        raise denied()
    if shape.id == "groups" and said.get("isAssignableToRole") and _ROLES not in scopes:
        raise denied()


def making(shape: Shape) -> Handler:
    """Make an object."""

    def answer(asked: Asked) -> Answer:
        allowed_to_write(asked)
        directory, said = directory_of(asked, shape.id), sent(asked)
        plain = _taken(asked, shape, said, {})
        if shape.names_itself and str(plain[shape.key]) in directory.objects(shape.id):
            raise Refusal(409, "Request_MultipleObjectsWithSameKeyValue", "An object of this name is there already.")
        ties = bound(said, shape)
        if shape.id == "applications":
            return _register(asked, directory, plain, ties)
        if shape.id == "servicePrincipals" and (told := _principal(asked, directory, plain)) is not None:
            return told
        before: dict[str, Any] = {"groupTypes": plain.get("groupTypes") or [], "id": ""}
        for name, ids in ties.items():
            tie_check(directory, shape, before, relation_of(shape, name), ids)
        made = directory.add(shape.id, **_completed(directory, shape, plain))
        if asked.tenant.replication:
            made["_since"] = asked.tenant.now() + asked.tenant.replication
        for name, ids in ties.items():
            directory.link(shape.id, made["id"], name, *ids)
        _first_owner(asked, directory, shape, made, ties)
        return Answer(201, shown(directory, shape, made, replace(asked.request, query={})))

    return answer


def _first_owner(asked: Asked, directory: Directory, shape: Shape, made: Mapping[str, Any], ties: Any) -> None:
    """Whoever signed in and makes a group or an application owns it."""
    if shape.id in ("groups", "applications") and asked.grant.user and "owners" not in ties:
        directory.link(shape.id, made["id"], "owners", asked.grant.user)


def _completed(directory: Directory, shape: Shape, said: dict[str, Any]) -> dict[str, Any]:
    """What the service adds to what is made, and what it keeps under other names."""
    found = dict(said)
    found.pop("passwordProfile", None)
    for part in shape.parts:
        if part.name in found:
            found[f"_{part.name}"] = numbered(directory, found.pop(part.name))
    if shape.id == "users":
        found["lastPasswordChangeDateTime"] = directory.tenant.moment()
    if shape.id == "groups" and "Unified" in (said.get("groupTypes") or ()):
        address = f"{said['mailNickname']}@{directory.tenant.domain}"
        found |= {"mail": address, "proxyAddresses": [f"SMTP:{address}"], "renewedDateTime": directory.tenant.moment()}
        found.setdefault("visibility", "Public")
    if shape.id == "servicePrincipals":
        known = _application_of(directory, said["appId"])
        found |= {
            name: fresh(known[name]) for name in ("displayName", "appRoles") if name in known and name not in said
        }
        found |= {"appDisplayName": known["displayName"], "servicePrincipalNames": [said["appId"]]}
        found["appOwnerOrganizationId"] = known.get("_owner", directory.tenant.id)
        found["oauth2PermissionScopes"] = fresh((known.get("api") or known).get("oauth2PermissionScopes") or [])
    if shape.id == "appRoleAssignments":
        kind, who = directory.find(said["principalId"]) or ("", {})
        found["principalDisplayName"] = who.get("displayName")
        found["principalType"] = {"users": "User", "groups": "Group"}.get(kind, "ServicePrincipal")
        found["resourceDisplayName"] = directory.objects("servicePrincipals")[said["resourceId"]]["displayName"]
    if shape.id.endswith("urationPolicies") or shape.id == "compliancePolicies":
        found["settingCount"] = len(found.get("_settings", ()))
    if shape.id == "groupSettings":
        found["displayName"] = "Group.Unified"
    return found


def _application_of(directory: Directory, app: str) -> dict[str, Any]:
    for one in (*directory.objects("applications").values(), *directory.known_elsewhere.values()):
        if one["appId"] == app:
            return one
    raise missing(app)


def _register(asked: Asked, directory: Directory, plain: dict[str, Any], ties: dict[str, list[str]]) -> Answer:
    """Make an application that can sign in."""
    for name, ids in ties.items():
        tie_check(directory, SHAPES["applications"], {"id": ""}, relation_of(SHAPES["applications"], name), ids)
    known = asked.tenant.applications.keys() | ()
    answer = registration.register.handler(asked)
    [made] = asked.tenant.applications.keys() - known
    application = asked.tenant.applications[made]
    kept = ("displayName", "tags", "requiredResourceAccess", "keyCredentials", "passwordCredentials")
    application.more = {name: value for name, value in plain.items() if name not in kept}
    assert isinstance(answer.body, dict)
    id = str(answer.body["id"])
    mirror.refresh(directory)
    for name, ids in ties.items():
        directory.link("applications", id, name, *ids)
    _first_owner(asked, directory, SHAPES["applications"], {"id": id}, ties)
    whole = directory.objects("applications").get(id)
    if whole is None:  # not known everywhere yet
        return Answer(201, {**merged(SHAPES["applications"].defaults, application.more), **answer.body})
    return Answer(201, shown(directory, SHAPES["applications"], whole, replace(asked.request, query={})))


def _principal(asked: Asked, directory: Directory, plain: dict[str, Any]) -> Answer | None:
    """Make the service principal of an application that can sign in; None for any other."""
    application = asked.tenant.applications.get(plain["appId"])
    if application is None:
        return None
    answer = registration.make_principal.handler(asked)
    mirror.refresh(directory)
    assert isinstance(answer.body, dict)
    found = directory.objects("servicePrincipals").get(answer.body["id"])
    if found is None:  # not known everywhere yet
        return answer
    more = {name: merged(found.get(name), value) for name, value in plain.items() if name != "appId"}
    directory.change("servicePrincipals", found["id"], **more)
    return Answer(201, shown(directory, SHAPES["servicePrincipals"], found, replace(asked.request, query={})))


def changing(shape: Shape) -> Handler:
    """Change an object: what is named, nested values one by one; a list takes the place of the one before."""

    def answer(asked: Asked) -> Answer:
        allowed_to_write(asked)
        said = sent(asked)
        directory = directory_of(asked, shape.id)
        if shape.names_itself and not shape.is_single and asked["id"] not in directory.objects(shape.id):
            if shape.id != "authenticationContextClassReferences":
                raise missing(asked["id"])
            directory.add(shape.id, **{**_taken(asked, shape, {**said, "id": asked["id"]}, {}), "id": asked["id"]})
            return Answer(204)
        found = object_of(asked, shape)
        parts = {part.name for part in shape.parts} & said.keys()
        if shape.id in _CATALOGUED and asked.request.method == "PATCH" and parts:
            raise bad(f"Cannot apply PATCH to navigation property '{min(parts)}'.", "BadRequest")
        if said.keys() - _CLOUD:
            checks.synchronised(found)
        plain, ties = _taken(asked, shape, said, found), bound(said, shape)
        for name, ids in ties.items():
            tie_check(directory, shape, found, relation_of(shape, name), ids)
        key = found[shape.key] if shape.key else shape.id
        if shape.id == "applications" and "_backing" in found:
            registration.change.handler(replace(asked, places={"registration": key}))
        _apply(directory, shape, key, found, plain)
        for name, ids in ties.items():
            directory.link(shape.id, key, name, *ids)
        if shape.id in _SHOWN or shape.id == "configurationPolicies":
            return Answer(body=shown(directory, shape, found, replace(asked.request, query={})))
        return Answer(204)

    return answer


def _apply(directory: Directory, shape: Shape, key: str, found: dict[str, Any], said: dict[str, Any]) -> None:
    plain = dict(said)
    if plain.pop("passwordProfile", None) is not None:
        plain["lastPasswordChangeDateTime"] = directory.tenant.moment()
    for part in shape.parts:
        if part.name in plain:
            found[f"_{part.name}"] = _replaced(found[f"_{part.name}"], numbered(directory, plain.pop(part.name)), part)
    if "isDefault" in plain and shape.id == "domains":
        for other in directory.objects("domains"):
            directory.change("domains", other, isDefault=other == key)
    news = {name: merged(found.get(name), value) for name, value in plain.items()}
    if shape.id == "crossTenantAccessPolicyDefault":
        news["isServiceDefault"] = False
    if "version" in shape.fixed:
        news["version"] = found["version"] + 1
    if "_settings" in found:
        news["settingCount"] = len(found["_settings"])
    directory.change(shape.id, key, **news)


def _replaced(before: list[dict[str, Any]], after: list[dict[str, Any]], part: Parts) -> list[dict[str, Any]]:
    """Parts as they are sent, all of them; those of the authentication methods are found by their ids."""
    if part.name != "authenticationMethodConfigurations":
        return after
    news = {one["id"]: one for one in after}
    return [merged(one, news.get(one["id"], {})) for one in before]


def removing(shape: Shape) -> Handler:
    """Remove an object."""

    def answer(asked: Asked) -> Answer:
        allowed_to_write(asked)
        directory, found = directory_of(asked, shape.id), object_of(asked, shape)
        checks.synchronised(found)
        _removable(directory, shape, found)
        directory.remove(shape.id, found[shape.key])
        return Answer(204)

    return answer


def _removable(directory: Directory, shape: Shape, found: Mapping[str, Any]) -> None:
    id = found[shape.key]
    policies = directory.objects("conditionalAccessPolicies").values()
    if found.get("isBuiltIn") or found.get("policyType") == "builtIn" or str(id).startswith("microsoft-"):
        raise bad("What is built in cannot be deleted.")
    assigned = {one["roleDefinitionId"] for one in directory.objects("roleAssignments").values()}
    if shape.id == "roleDefinitions" and id in assigned:
        raise bad("The role definition has assignments: remove them first.")
    if shape.id == "domains" and found["isDefault"]:
        raise bad("The default domain cannot be deleted.")
    if shape.id == "namedLocations":
        used = [
            one
            for one in policies
            for names in ((one["conditions"] or {}).get("locations") or {}).values()
            if id in (names or ())
        ]
        if used:
            raise bad("1083: The named location is used by a policy.", "BadRequest")
        if found.get("isTrusted"):
            raise bad("1085: A trusted location cannot be deleted: take the mark away first.", "BadRequest")
    if shape.id == "authenticationStrengthPolicies" and any(
        ((one["grantControls"] or {}).get("authenticationStrength") or {}).get("id") == id for one in policies
    ):
        raise bad("1120: The authentication strength is used by a policy.", "BadRequest")


def routes() -> list[Route]:
    """All addresses that write."""
    found: list[Route] = []
    for shape in SHAPES.values():
        for path in filter(None, (shape.path, *shape.others)):
            found += _of_objects(shape, path)
            at = path if shape.is_single else f"{path}/{{id}}"
            for relation in shape.relations:
                if relation.writes:
                    found += _of_ties(shape, relation, f"{at}/{relation.name}")
            for part in shape.parts:
                found += _of_parts(shape, part, at)
    for kind in ("applications", "servicePrincipals"):
        shape = SHAPES[kind]
        found.append(route("POST", f"{shape.path}/{{id}}/addPassword", shape.writes)(secret_adding(shape)))
        found.append(route("POST", f"{shape.path}/{{id}}/removePassword", shape.writes)(secret_removing(shape)))
    return found


def _of_objects(shape: Shape, path: str) -> list[Route]:
    found = []
    somebody = "Application.ReadWrite.All" if shape.id in ("applications", "servicePrincipals") else None
    at = path if shape.is_single else f"{path}/{{id}}"
    if shape.can_make and not shape.is_single:
        found.append(route("POST", path, shape.makes or shape.writes, somebody)(making(shape)))
    if shape.can_change:
        method = "PUT" if shape.replaces else "PATCH"
        found.append(route(method, at, shape.writes, somebody)(changing(shape)))
    if shape.id in _CATALOGUED:
        found.append(route("PUT", at, shape.writes)(changing(shape)))
    if shape.can_remove and not shape.is_single:
        found.append(route("DELETE", at, shape.removes or shape.writes, somebody)(removing(shape)))
    return found


def _of_ties(shape: Shape, relation: Relation, at: str) -> list[Route]:
    if relation.is_one:
        return [
            route("PUT", f"{at}/$ref", relation.writes)(tying(shape, relation)),
            route("DELETE", f"{at}/$ref", relation.writes)(untying(shape, relation)),
        ]
    return [
        route("POST", f"{at}/$ref", relation.writes)(tying(shape, relation)),
        route("DELETE", f"{at}/{{target}}/$ref", relation.writes)(untying(shape, relation)),
    ]


def _of_parts(shape: Shape, part: Parts, at: str) -> list[Route]:
    if part.action:
        return [route("POST", f"{at}/{part.action}", part.writes)(replacing(shape, part))]
    if part.name == "settings":
        return []
    one = f"{at}/{part.name}/{{part}}"
    return [
        route("POST", f"{at}/{part.name}", part.writes)(part_making(shape, part)),
        route("PATCH", one, part.writes)(part_changing(shape, part)),
        route("DELETE", one, part.writes)(part_removing(shape, part)),
    ]
