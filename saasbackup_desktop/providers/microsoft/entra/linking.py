"""Links as Graph tells them, in each of the forms that it has for them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from saasbackup_desktop.core.directory.objects import Link
from saasbackup_desktop.providers.microsoft.entra.kinds import ALL_DEVICES, ALL_USERS
from saasbackup_desktop.providers.microsoft.entra.kinds.recipe import Form, LinkRecipe
from saasbackup_desktop.providers.microsoft.entra.shaping import TYPE, kind_named, kind_of

_PREFIX: Final = "#microsoft.graph."
_EVERYBODY: Final = {
    "allLicensedUsersAssignmentTarget": ALL_USERS,
    "allDevicesAssignmentTarget": ALL_DEVICES,
}


def links_of(recipe: LinkRecipe, told: Any) -> list[Link]:
    """Read what was told of one relation: a list, a single object, or nothing."""
    if told is None:
        return []
    values: Sequence[Mapping[str, Any]] = [told] if isinstance(told, Mapping) else told
    return [link for plain in values if (link := _link(recipe, plain)) is not None]


def changed_links(recipe: LinkRecipe, told: Sequence[Mapping[str, Any]], links: dict[str, Link]) -> None:
    """Bring links up to date, by id, with what a page of changes tells of them."""
    for plain in told:
        if "@removed" in plain:
            links.pop(str(plain["id"]), None)
        elif (link := _link(recipe, plain)) is not None:
            links[link.id] = link


def _link(recipe: LinkRecipe, plain: Mapping[str, Any]) -> Link | None:
    if recipe.form is Form.ASSIGNMENTS:
        return Link(
            recipe.relation,
            str(plain["principalId"]),
            str(plain.get("appRoleId") or ""),
            kind=kind_named(str(plain.get("principalType") or "")),
            via=str(plain.get("id") or ""),
        )
    if recipe.form is Form.SCOPED_ROLES:
        member = plain.get("roleMemberInfo") or {}
        return Link(recipe.relation, str(member.get("id") or ""), str(plain["roleId"]), via=str(plain.get("id") or ""))
    if recipe.form is Form.TARGETS:
        return _target(recipe, plain)
    return Link(recipe.relation, str(plain["id"]), kind=kind_of(plain) or recipe.kind)


def _target(recipe: LinkRecipe, plain: Mapping[str, Any]) -> Link:
    """Whom a policy is meant for: what kind of target it is, and the filter that narrows it, tell links apart."""
    target = plain.get("target") or {}
    type = str(target.get(TYPE) or "").removeprefix(_PREFIX)
    detail = type
    if target.get("deviceAndAppManagementAssignmentFilterId"):
        kind = target.get("deviceAndAppManagementAssignmentFilterType") or ""
        detail = f"{type}:{kind}:{target['deviceAndAppManagementAssignmentFilterId']}"
    group = str(target.get("groupId") or "")
    id = group or _EVERYBODY.get(type) or str(target.get("collectionId") or type)
    return Link(recipe.relation, id, detail, kind="groups" if group else "", via=str(plain.get("id") or ""))
