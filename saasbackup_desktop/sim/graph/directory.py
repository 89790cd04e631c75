"""People, groups and licences over the pretend Graph."""

from collections.abc import Mapping
from typing import Any, Final

from saasbackup_desktop.sim.graph.app import Asked, route
from saasbackup_desktop.sim.graph.deltas import changes
from saasbackup_desktop.sim.graph.odata import page, selected
from saasbackup_desktop.sim.graph.tenant import SKUS, public
from saasbackup_desktop.sim.graph.wire import Answer, Refusal

_USERS: Final = "User.Read.All User.ReadWrite.All Directory.Read.All Directory.ReadWrite.All"
_GROUPS: Final = (
    "Group.Read.All Group.ReadWrite.All Group.ReadBasic.All GroupMember.Read.All Directory.Read.All"
    " Directory.ReadWrite.All"
)
_BRIEF: Final = frozenset(
    {
        "id",
        "displayName",
        "givenName",
        "surname",
        "userPrincipalName",
        "mail",
        "jobTitle",
        "officeLocation",
    }
)


def _user(asked: Asked) -> dict[str, Any]:
    found = asked.tenant.find_user(asked["user"])
    if found is None:
        raise Refusal(404, "Request_ResourceNotFound", f"Resource '{asked['user']}' does not exist.")
    return found


def _shown(asked: Asked, user: dict[str, Any]) -> dict[str, Any]:
    if "$select" in asked.request.query:
        return selected(public(user), asked.request)
    return {name: value for name, value in user.items() if name in _BRIEF}


def _told(asked: Asked, user: dict[str, Any]) -> dict[str, Any]:
    shown = _shown(asked, user)
    if asked.tenant.tells_changes_only and "$deltatoken" in asked.request.query:
        return {name: value for name, value in shown.items() if name in {"id", *user.get("_changed", ())}}
    return shown


@route("GET", "/users", _USERS, f"{_USERS} User.ReadBasic.All")
def users(asked: Asked) -> Answer:
    """Everybody."""
    found = list(asked.tenant.users.values())
    return Answer(body=page(asked.request, found, size=100, largest=999, shape=lambda user: _shown(asked, dict(user))))


@route("GET", "/users/delta", _USERS)
def user_changes(asked: Asked) -> Answer:
    """Who came, changed or left."""
    return changes(
        asked.request,
        asked.tenant.user_feed,
        lambda id: _told(asked, asked.tenant.users[id]),
        size=100,
        largest=999,
        is_directory=True,
    )


@route("GET", "/users/{user}", _USERS, f"{_USERS} User.Read User.ReadBasic.All")
def one_user(asked: Asked) -> Answer:
    """Somebody, by id or principal name; who signed in may see no other with ``User.Read`` alone."""
    found = _user(asked)
    if asked.grant.user not in ("", found["id"]) and not asked.grant.scopes - {"User.Read"}:
        raise Refusal(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
    return Answer(body=_shown(asked, found))


@route("GET", "/users/{user}/licenseDetails", _USERS)
def licences(asked: Asked) -> Answer:
    """Somebody's licences."""
    details = []
    for licence in _user(asked)["assignedLicenses"]:
        for part, (product, plan, service) in SKUS.items():
            if licence["skuId"] == product:
                details.append(
                    {
                        "id": f"x{product[:8]}",
                        "skuId": product,
                        "skuPartNumber": part,
                        "servicePlans": [
                            {
                                "servicePlanId": plan,
                                "servicePlanName": service,
                                "provisioningStatus": "Success",
                                "appliesTo": "User",
                            }
                        ],
                    }
                )
    return Answer(body={"value": details})


@route("GET", "/groups", _GROUPS)
def groups(asked: Asked) -> Answer:
    """All groups."""
    return Answer(body=page(asked.request, list(asked.tenant.groups.values()), size=100, largest=999))


@route("GET", "/groups/{group}", _GROUPS)
def one_group(asked: Asked) -> Answer:
    """One group."""
    found = asked.tenant.groups.get(asked["group"])
    if found is None:
        raise Refusal(404, "Request_ResourceNotFound", f"Resource '{asked['group']}' does not exist.")
    return Answer(body=selected(public(found), asked.request))


@route("GET", "/groups/{group}/members", _GROUPS)
def members(asked: Asked) -> Answer:
    """Who is in a group: people, and groups in it."""
    return _members(asked, asked.tenant.members.get(asked["group"], []))


@route("GET", "/groups/{group}/transitiveMembers", _GROUPS)
def all_members(asked: Asked) -> Answer:
    """Who is in a group, and in the groups in it."""
    found: dict[str, None] = {}
    waiting = list(asked.tenant.members.get(asked["group"], []))
    while waiting:
        id = waiting.pop(0)
        if id not in found:
            found[id] = None
            waiting += asked.tenant.members.get(id, [])
    return _members(asked, list(found))


def _members(asked: Asked, ids: list[str]) -> Answer:
    tenant = asked.tenant
    if asked["group"] not in asked.tenant.groups:
        raise Refusal(404, "Request_ResourceNotFound", f"Resource '{asked['group']}' does not exist.")
    found = [tenant.users.get(id) or tenant.groups[id] for id in ids if id in tenant.users or id in tenant.groups]

    def shape(one: Mapping[str, Any]) -> dict[str, Any]:
        if one["id"] in tenant.groups:
            return {"@odata.type": "#microsoft.graph.group", **selected(one, asked.request)}
        return {"@odata.type": "#microsoft.graph.user", **_shown(asked, dict(one))}

    return Answer(body=page(asked.request, found, size=100, largest=999, shape=shape))


@route("GET", "/organization", "Organization.Read.All Directory.Read.All User.Read.All")
def organization(asked: Asked) -> Answer:
    """The tenant itself."""
    name = asked.tenant.domain.partition(".")[0].title()
    domain = {
        "name": asked.tenant.domain,
        "isDefault": True,
        "isInitial": False,
        "type": "Managed",
        "capabilities": "Email",
    }
    return Answer(
        body={"value": [{"id": asked.tenant.id, "displayName": name, "tenantType": "AAD", "verifiedDomains": [domain]}]}
    )


ROUTES: Final = [users, user_changes, one_user, licences, groups, one_group, members, all_members, organization]
