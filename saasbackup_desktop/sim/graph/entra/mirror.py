"""Registered applications, which can sign in, as objects of the pretend directory."""

from collections.abc import Mapping
from typing import Any, Final

from saasbackup_desktop.sim.graph import registration
from saasbackup_desktop.sim.graph.entra.store import Directory

_FOLLOWED: Final = (
    "displayName",
    "tags",
    "requiredResourceAccess",
    "passwordCredentials",
    "keyCredentials",
    "appRoles",
)
"""What is kept by the registration itself, and followed from there."""


def refresh(directory: Directory) -> None:
    """Make the directory tell what is registered now: whoever was registered beside it is in it from here on."""
    tenant, now = directory.tenant, directory.tenant.now()
    if directory.mirrored == (mark := _mark(directory)):
        return
    directory.mirrored = mark
    wanted: dict[str, dict[str, dict[str, Any]]] = {kind: {} for kind in directory.backing}
    for one in tenant.applications.values():
        if not one.is_foreign and one.since <= now:
            told = {**one.more, **registration.registration_of(one), "publisherDomain": tenant.domain}
            wanted["applications"][told["id"]] = {**told, "_backing": one}
        if one.has_principal and one.principal_since <= now:
            told = registration.principal_of(tenant.id, one.id, one.name, one.tags)
            owner = None if one.is_foreign else tenant.id
            told |= {"appDisplayName": one.name, "appOwnerOrganizationId": owner, "servicePrincipalNames": [one.id]}
            if not one.is_foreign:
                told["appRoles"] = _offered(directory, one.id, one.more.get("appRoles", []))
            wanted["servicePrincipals"][told["id"]] = {**told, "_backing": one}
            for name in one.granted:
                told = registration.assignment_of(tenant, one, name)
                wanted["appRoleAssignments"][told["id"]] = {**told, "_backing": one, "_permission": name}
    graph = registration.graph_of(tenant)
    wanted["servicePrincipals"][graph["id"]] = {**graph, "appDisplayName": graph["displayName"]}
    for kind, objects in wanted.items():
        _follow(directory, kind, objects)


def _offered(directory: Directory, app_id: str, first: Any) -> Any:
    """The roles that an application offers: its principal tells the same."""
    for one in directory.objects("applications").values():
        if one["appId"] == app_id:
            return one["appRoles"]
    return first


def _mark(directory: Directory) -> object:
    """Differs when something that is followed does."""
    tenant, now = directory.tenant, directory.tenant.now()
    return frozenset(tenant.known_roles), [
        (
            one.id,
            one.name,
            list(one.tags),
            str(one.asked),
            one.secret,
            one.secret_expires,
            list(one.certificates),
            frozenset(one.granted),
            one.has_principal and one.principal_since <= now,
            one.since <= now,
        )
        for one in tenant.applications.values()
    ]


def _follow(directory: Directory, kind: str, wanted: Mapping[str, dict[str, Any]]) -> None:
    there, known = directory.objects(kind), directory.backing[kind]
    for id in [id for id in known if id not in wanted]:
        if id in there:
            there[id].pop("_backing", None)
            directory.remove(kind, id, for_good=True)
        del known[id]
    for id, told in wanted.items():
        known[id] = told.get("_backing")
        if id not in there:
            directory.add(kind, **told)
            continue
        if "_backing" in told:
            there[id] |= {name: told[name] for name in ("_backing", "_permission") if name in told}
        names = _FOLLOWED if kind == "applications" else ("appRoles",)
        news = {name: told[name] for name in names if name in told and told[name] != there[id].get(name)}
        if kind != "appRoleAssignments" and news:
            directory.change(kind, id, **news)


def keys_of(one: Mapping[str, Any]) -> list[dict[str, Any]]:
    """An application's certificates themselves, which a single object tells to who selects them."""
    application = one.get("_backing")
    if application is None:
        return list(one["keyCredentials"])
    return [registration.certificate_of(pem, with_key=True) for pem in application.certificates.values()]
