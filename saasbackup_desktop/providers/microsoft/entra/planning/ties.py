"""Requests that make and break links."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from saasbackup_desktop.core.directory.objects import Link
from saasbackup_desktop.core.stream import Json
from saasbackup_desktop.providers.microsoft.entra.kinds import ALL_DEVICES, ALL_USERS
from saasbackup_desktop.providers.microsoft.entra.planning.ways import WAYS, Request, Tie, TieWay, address, segment

_TARGETS: Final = {
    ALL_USERS: "#microsoft.graph.allLicensedUsersAssignmentTarget",
    ALL_DEVICES: "#microsoft.graph.allDevicesAssignmentTarget",
}
_GROUP: Final = "#microsoft.graph.groupAssignmentTarget"


def tie_of(kind: str, relation: str) -> TieWay | None:
    """How links of a relation are written; None: not at all."""
    way = WAYS.get(kind)
    return None if way is None else way.ties.get(relation)


def linking(kind: str, id: str, link: Link, target: str, root: str) -> Request:
    """Method, path and body that make a link. ``target``: id of the other object, or ``{new:ID}``."""
    tie = WAYS[kind].ties[link.relation]
    where = f"{address(kind, id)}/{link.relation}"
    match tie.tie:
        case Tie.SINGLE:
            return Request("PUT", f"{where}/$ref", _reference(tie, link, target, root))
        case Tie.APP_ROLE:
            return Request("POST", where, {"principalId": target, "resourceId": id, "appRoleId": link.detail})
        case Tie.SCOPED_ROLE:
            return Request("POST", where, {"roleId": link.detail, "roleMemberInfo": {"id": target}})
        case Tie.TARGET:
            raise ValueError("these are assigned together")
        case Tie.REFERENCE:
            return Request("POST", f"{where}/$ref", _reference(tie, link, target, root))


def linking_many(kind: str, id: str, relation: str, targets: list[str], root: str) -> Request:
    """Method, path and body that make several links of one relation at once."""
    tie = WAYS[kind].ties[relation]
    addresses: list[Any] = [f"{root}/{tie.among}/{one}" for one in targets]
    return Request("PATCH", address(kind, id), {f"{relation}@odata.bind": addresses})


def assigning(kind: str, id: str, links: Iterable[Link], new: Mapping[str, str]) -> Request:
    """Method, path and body by which a policy of device management is meant for these, and for nobody else.

    ``new``: for ids of what is made anew, what stands for them.
    """
    body: dict[str, Json] = {"assignments": [{"target": _target(link, new.get(link.id, link.id))} for link in links]}
    return Request("POST", f"{address(kind, id)}/assign", body)


def assigned_more(body: Json, links: Iterable[Link], new: Mapping[str, str]) -> Json:
    """The body of such a request, for some more."""
    more: list[Json] = [{"target": _target(link, new.get(link.id, link.id))} for link in links]
    return {"assignments": [*_assignments(body), *more]}


def assigned_less(body: Json, links: Iterable[Link], new: Mapping[str, str]) -> Json:
    """The body of such a request, without some."""
    less = [_target(link, new.get(link.id, link.id)) for link in links]
    kept: list[Json] = [
        one for one in _assignments(body) if not (isinstance(one, Mapping) and one.get("target") in less)
    ]
    return {"assignments": kept}


def _assignments(body: Json) -> list[Json]:
    found = body.get("assignments") if isinstance(body, Mapping) else None
    return found if isinstance(found, list) else []


def unlinking(kind: str, id: str, link: Link, target: str) -> Request:
    """Method and path that break a link."""
    tie = WAYS[kind].ties[link.relation]
    where = f"{address(kind, id)}/{link.relation}"
    match tie.tie:
        case Tie.SINGLE:
            return Request("DELETE", f"{where}/$ref")
        case Tie.REFERENCE:
            return Request("DELETE", f"{where}/{segment(target)}/$ref")
        case _:
            return Request("DELETE", f"{where}/{segment(link.via)}")


def _reference(tie: TieWay, link: Link, target: str, root: str) -> Json:
    among = tie.among.format(relation=link.relation, kind=link.kind or "directoryObjects")
    return {"@odata.id": f"{root}/{among}/{target}"}


def _target(link: Link, target: str) -> Json:
    """Whom it is meant for; ``detail`` tells the type, and the filter that narrows it (``linking``)."""
    type, _, narrowed = link.detail.partition(":")
    said: dict[str, Json] = {"@odata.type": f"#microsoft.graph.{type}" if type else _TARGETS.get(link.id, _GROUP)}
    if link.id not in _TARGETS:
        said["groupId"] = target
    kind, _, filter = narrowed.partition(":")
    if filter:
        said["deviceAndAppManagementAssignmentFilterType"] = kind
        said["deviceAndAppManagementAssignmentFilterId"] = filter
    return said
