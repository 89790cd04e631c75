"""Addresses of the pretend directory that are like no other: consents, licences, eligibility, names of many ids."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from saasbackup_desktop.sim.graph import registration
from saasbackup_desktop.sim.graph.app import Asked, Handler, Route, route
from saasbackup_desktop.sim.graph.entra.asking import allowed_to_write, sent
from saasbackup_desktop.sim.graph.entra.checks import bad
from saasbackup_desktop.sim.graph.entra.kinds import SHAPES
from saasbackup_desktop.sim.graph.entra.reading import directory_of, missing, object_of, shown, typed
from saasbackup_desktop.sim.graph.entra.shapes import Shape
from saasbackup_desktop.sim.graph.entra.writing import making
from saasbackup_desktop.sim.graph.odata import page
from saasbackup_desktop.sim.graph.tenant import PLANS
from saasbackup_desktop.sim.graph.wire import Answer, Refusal

_ROLE: Final = SHAPES["appRoleAssignments"]
_GRANTS: Final = "AppRoleAssignment.ReadWrite.All"
_ELIGIBLE: Final = "RoleEligibilitySchedule.ReadWrite.Directory RoleManagement.ReadWrite.Directory"
_LICENCES: Final = "LicenseAssignment.ReadWrite.All User.ReadWrite.All Directory.ReadWrite.All"


def _consents(shape: Shape, which: str) -> Handler:
    """App roles: those that somebody has (``principalId``), or that were given of a resource (``resourceId``)."""

    def answer(asked: Asked) -> Answer:
        directory, id = directory_of(asked), object_of(asked, shape)["id"]
        found = [one for one in directory.objects(_ROLE.id).values() if one[which] == id]
        return Answer(
            body=page(
                asked.request,
                found,
                size=100,
                largest=999,
                shape=lambda one: shown(directory, _ROLE, one, asked.request),
            )
        )

    return answer


def _applying(kind: str) -> Route:
    """What a policy applies to."""
    shape = SHAPES[kind]

    def answer(asked: Asked) -> Answer:
        directory, id = directory_of(asked), object_of(asked, shape)["id"]
        tied = directory.links("servicePrincipals", kind)
        found = [one for at, one in directory.objects("servicePrincipals").items() if id in tied.get(at, ())]
        return Answer(
            body=page(
                asked.request,
                found,
                size=100,
                largest=999,
                shape=lambda one: {
                    **typed("servicePrincipals"),
                    **shown(directory, SHAPES["servicePrincipals"], one, asked.request),
                },
            )
        )

    return route("GET", f"{shape.path}/{{id}}/appliesTo", "Policy.Read.All Application.Read.All")(answer)


def _consenting(shape: Shape, which: str) -> Handler:
    def answer(asked: Asked) -> Answer:
        directory, id, said = directory_of(asked), object_of(asked, shape)["id"], sent(asked)
        if said.get(which) != id:
            raise bad("Not a valid reference update.")
        backed = (directory.objects("servicePrincipals").get(str(said.get("principalId"))) or {}).get("_backing")
        if backed is not None and said.get("resourceId") == registration.principal_id(
            asked.tenant.id, registration.GRAPH
        ):
            told = registration.consent.handler(replace(asked, places={"principal": said["principalId"]}))
            directory_of(asked)
            return told
        return making(_ROLE)(asked)

    return answer


def _withdrawing(shape: Shape, which: str) -> Handler:
    def answer(asked: Asked) -> Answer:
        allowed_to_write(asked)
        directory, id = directory_of(asked), object_of(asked, shape)["id"]
        found = directory.objects(_ROLE.id).get(asked["assignment"])
        if found is None or found[which] != id:
            raise missing(asked["assignment"])
        directory.remove(_ROLE.id, found["id"])
        return Answer(204)

    return answer


def _of_consents() -> list[Route]:
    found = []
    for kind, name, which in (
        ("servicePrincipals", "appRoleAssignedTo", "resourceId"),
        ("servicePrincipals", "appRoleAssignments", "principalId"),
        ("users", "appRoleAssignments", "principalId"),
        ("groups", "appRoleAssignments", "principalId"),
    ):
        shape = SHAPES[kind]
        at = f"{shape.path}/{{id}}/{name}"
        reads = shape.reads if kind == "servicePrincipals" else "Directory.Read.All"
        found += [
            route("GET", at, reads)(_consents(shape, which)),
            route("POST", at, _GRANTS)(_consenting(shape, which)),
            route("DELETE", f"{at}/{{assignment}}", _GRANTS)(_withdrawing(shape, which)),
        ]
    return found


@route("POST", "/directoryObjects/getByIds", "Directory.Read.All")
def by_ids(asked: Asked) -> Answer:
    """Those of many ids that are there."""
    directory, said = directory_of(asked), sent(asked)
    ids, types = said.get("ids") or [], set(said.get("types") or ())
    if len(ids) > 1000:
        raise bad("Too many ids: 1000 are the most.")
    found = []
    for id in ids:
        known = directory.find(str(id))
        if known is not None and (not types & {SHAPES[known[0]].type} if types else False):
            continue
        if known is not None:
            kind, one = known
            found.append({**typed(kind), **shown(directory, SHAPES[kind], one, replace(asked.request, query={}))})
    return Answer(body={"value": found})


@route("GET", "/reports/authenticationMethods/userRegistrationDetails", "AuditLog.Read.All")
def registered(asked: Asked) -> Answer:
    """Who can prove who they are, and how. Tests give people ways as ``_methods``."""
    directory = directory_of(asked)
    admins = {one["principalId"] for one in directory.objects("roleAssignments").values()}

    def told(user: Mapping[str, Any]) -> dict[str, Any]:
        methods = list(user.get("_methods", ()))
        return {
            "id": user["id"],
            "userPrincipalName": user["userPrincipalName"],
            "userDisplayName": user["displayName"],
            "userType": "guest" if user.get("userType") == "Guest" else "member",
            "isAdmin": user["id"] in admins,
            "isMfaCapable": bool(methods),
            "isMfaRegistered": bool(methods),
            "isPasswordlessCapable": bool({"fido2SecurityKey", "windowsHelloForBusiness"} & set(methods)),
            "isSsprCapable": bool(methods),
            "isSsprEnabled": True,
            "isSsprRegistered": bool(methods),
            "isSystemPreferredAuthenticationMethodEnabled": True,
            "lastUpdatedDateTime": user.get("createdDateTime") or asked.tenant.moment(),
            "methodsRegistered": methods,
            "systemPreferredAuthenticationMethods": [],
            "userPreferredMethodForSecondaryAuthentication": "push" if methods else "none",
        }

    people = list(directory.objects("users").values())
    return Answer(body=page(asked.request, people, size=100, largest=1000, shape=told))


@route("POST", "/roleManagement/directory/roleEligibilityScheduleRequests", _ELIGIBLE)
def request_eligibility(asked: Asked) -> Answer:
    """Make somebody eligible for a role, or take that back."""
    allowed_to_write(asked)
    directory, said = directory_of(asked), sent(asked)
    names = ("principalId", "roleDefinitionId", "directoryScopeId")
    if any(not said.get(name) for name in names):
        raise bad("A principal, a role and a scope are needed.")
    there = directory.objects("roleEligibilitySchedules")
    found = next((one for one in there.values() if all(one[name] == said[name] for name in names)), None)
    if directory.find(said["principalId"]) is None or said["roleDefinitionId"] not in directory.objects(
        "roleDefinitions"
    ):
        raise Refusal(404, "SubjectNotFound", "The subject is not found.")
    action, plan = said.get("action"), said.get("scheduleInfo")
    target = ""
    if action == "adminAssign":
        if found is not None:
            raise bad("The Role assignment already exists.", "RoleAssignmentExists")
        if not plan:
            raise bad("A schedule is needed.")
        made = directory.add("roleEligibilitySchedules", scheduleInfo=plan, **{name: said[name] for name in names})
        target = made["createdUsing"] = made["id"]
    elif found is None:
        raise Refusal(404, "RoleAssignmentDoesNotExist", "The Role assignment does not exist.")
    elif action == "adminRemove":
        target = found["id"]
        directory.remove("roleEligibilitySchedules", target)
    elif action == "adminUpdate":
        target = found["id"]
        directory.change("roleEligibilitySchedules", target, scheduleInfo=plan)
    else:
        raise bad(f"Invalid action: {action}")
    told = {name: said[name] for name in names}
    return Answer(
        201,
        {
            **told,
            "id": directory.new_id(),
            "action": action,
            "justification": said.get("justification"),
            "scheduleInfo": plan,
            "status": "Revoked" if action == "adminRemove" else "Provisioned",
            "targetScheduleId": target,
            "createdDateTime": asked.tenant.moment(),
        },
    )


def _licensing(shape: Shape) -> Handler:
    def answer(asked: Asked) -> Answer:
        allowed_to_write(asked)
        directory, found, said = directory_of(asked), object_of(asked, shape), sent(asked)
        if not isinstance(said.get("addLicenses"), list) or not isinstance(said.get("removeLicenses"), list):
            raise bad("addLicenses and removeLicenses are needed.")
        if said["addLicenses"] and shape.id == "users" and not found.get("usageLocation"):
            raise bad("License assignment cannot be done for user with invalid usage location.")
        bought = {PLANS[part][0] for part in asked.tenant.products if part in PLANS}
        kept = {one["skuId"]: one for one in found["assignedLicenses"]}
        for id in said["removeLicenses"]:
            if kept.pop(id, None) is None:
                raise bad(f"User does not have a corresponding license: {id}.")
        for one in said["addLicenses"]:
            if one.get("skuId") not in bought:
                raise bad(f"License {one.get('skuId')} does not correspond to a valid company License.")
            kept[one["skuId"]] = {"skuId": one["skuId"], "disabledPlans": one.get("disabledPlans") or []}
        directory.change(shape.id, found["id"], assignedLicenses=list(kept.values()))
        return Answer(200, shown(directory, shape, found, replace(asked.request, query={})))

    return answer


def _scoped(asked: Asked, one: Mapping[str, Any]) -> dict[str, Any]:
    who = asked.tenant.directory.find(one["principalId"])
    return {
        "id": f"{one['id']}U",
        "administrativeUnitId": asked["id"],
        "roleId": one["roleDefinitionId"],
        "roleMemberInfo": {"id": one["principalId"], "displayName": who[1].get("displayName") if who else None},
    }


def _scoped_there(asked: Asked) -> list[dict[str, Any]]:
    """Roles within an administrative unit: the same as role assignments with it as their scope."""
    unit = object_of(asked, SHAPES["administrativeUnits"])["id"]
    there = asked.tenant.directory.objects("roleAssignments").values()
    return [one for one in there if one["directoryScopeId"] == f"/administrativeUnits/{unit}"]


_UNIT_ROLES: Final = "RoleManagement.Read.Directory RoleManagement.ReadWrite.Directory Directory.Read.All"
_AT: Final = "/directory/administrativeUnits/{id}/scopedRoleMembers"


@route("GET", _AT, _UNIT_ROLES)
def scoped(asked: Asked) -> Answer:
    """Who has a role within an administrative unit."""
    return Answer(
        body=page(asked.request, [_scoped(asked, one) for one in _scoped_there(asked)], size=100, largest=999)
    )


@route("GET", f"{_AT}/{{member}}", _UNIT_ROLES)
def one_scoped(asked: Asked) -> Answer:
    """One of them."""
    return Answer(body=_scoped(asked, _scoped_found(asked)))


def _scoped_found(asked: Asked) -> dict[str, Any]:
    for one in _scoped_there(asked):
        if f"{one['id']}U" == asked["member"]:
            return one
    raise missing(asked["member"])


@route("POST", _AT, "RoleManagement.ReadWrite.Directory")
def give_scoped(asked: Asked) -> Answer:
    """Give somebody a role within an administrative unit."""
    allowed_to_write(asked)
    directory, said = directory_of(asked), sent(asked)
    unit = object_of(asked, SHAPES["administrativeUnits"])["id"]
    shape = SHAPES["roleAssignments"]
    wanted = {
        "principalId": str((said.get("roleMemberInfo") or {}).get("id")),
        "roleDefinitionId": str(said.get("roleId")),
        "directoryScopeId": f"/administrativeUnits/{unit}",
    }
    assert shape.check is not None
    shape.check(directory, wanted, {})
    return Answer(201, _scoped(asked, directory.add(shape.id, **wanted)))


@route("DELETE", f"{_AT}/{{member}}", "RoleManagement.ReadWrite.Directory")
def take_scoped(asked: Asked) -> Answer:
    """Take it back."""
    allowed_to_write(asked)
    asked.tenant.directory.remove("roleAssignments", _scoped_found(asked)["id"])
    return Answer(204)


@route(
    "POST",
    "/policies/authenticationStrengthPolicies/{id}/updateAllowedCombinations",
    "Policy.ReadWrite.AuthenticationMethod Policy.ReadWrite.ConditionalAccess",
)
def combine(asked: Asked) -> Answer:
    """Change the combinations of an authentication strength."""
    allowed_to_write(asked)
    directory, found = directory_of(asked), object_of(asked, SHAPES["authenticationStrengthPolicies"])
    wanted = sent(asked).get("allowedCombinations")
    if found["policyType"] == "builtIn" or not wanted:
        raise bad("The combinations cannot be changed so.", "BadRequest")
    before = found["allowedCombinations"]
    directory.change("authenticationStrengthPolicies", found["id"], allowedCombinations=wanted)
    return Answer(
        body={
            "additionalInformation": "",
            "conditionalAccessReferences": [],
            "currentCombinations": wanted,
            "previousCombinations": before,
        }
    )


def routes() -> list[Route]:
    """All of them."""
    return [
        *_of_consents(),
        _applying("claimsMappingPolicies"),
        _applying("homeRealmDiscoveryPolicies"),
        by_ids,
        registered,
        request_eligibility,
        route("POST", "/users/{id}/assignLicense", _LICENCES)(_licensing(SHAPES["users"])),
        route("POST", "/groups/{id}/assignLicense", "Group.ReadWrite.All Directory.ReadWrite.All")(
            _licensing(SHAPES["groups"])
        ),
        scoped,
        one_scoped,
        give_scoped,
        take_scoped,
        combine,
    ]
