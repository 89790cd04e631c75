"""What somebody with bad intentions, or a bad day, does to a directory; and who judges whether it is back."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from saasbackup_desktop.core.directory.difference import Change, difference
from saasbackup_desktop.core.directory.objects import DirectoryObject, Link
from saasbackup_desktop.core.directory.schema import Nature
from saasbackup_desktop.core.directory.ticks import attribute_key, lies_in, link_key
from saasbackup_desktop.core.stream import Json
from saasbackup_desktop.engine.directory.looking import translated
from saasbackup_desktop.providers.microsoft.entra.kinds import SCHEMA
from saasbackup_desktop.sim.graph.entra.store import ROLES
from saasbackup_desktop.sim.graph.entra.store import Directory as Truth

Attack = Callable[[Truth, random.Random], str]
"""Does something, and says what; empty if there was nothing to do it to."""


def _some(truth: Truth, kind: str, dice: random.Random) -> dict[str, Any] | None:
    there = [one for one in truth.objects(kind).values() if not _is_the_services(one)]
    return dice.choice(there) if there else None


def _is_the_services(one: Mapping[str, Any]) -> bool:
    return "_backing" in one or one.get("isBuiltIn") is True or one.get("displayName") == "Microsoft Graph"


def _named(one: Mapping[str, Any]) -> str:
    return str(one.get("displayName") or one.get("id"))


def delete_somebody(truth: Truth, dice: random.Random) -> str:
    one = _some(truth, "users", dice)
    if one is None:
        return ""
    for_good = dice.random() < 0.4
    truth.remove("users", one["id"], for_good=for_good)
    return f"delete {_named(one)} for good={for_good}"


def rename_somebody(truth: Truth, dice: random.Random) -> str:
    one = _some(truth, "users", dice)
    if one is None:
        return ""
    truth.change("users", one["id"], displayName=f"Owned {dice.random()}", department=None, jobTitle="Nobody")
    return f"rename {one['id']}"


def lock_somebody_out(truth: Truth, dice: random.Random) -> str:
    one = _some(truth, "users", dice)
    if one is None:
        return ""
    truth.change("users", one["id"], accountEnabled=False, businessPhones=[], city="", usageLocation="KP")
    return f"lock out {_named(one)}"


def strip_a_group(truth: Truth, dice: random.Random) -> str:
    one = _some(truth, "groups", dice)
    if one is None:
        return ""
    for relation in ("members", "owners"):
        for target in list(truth.linked("groups", one["id"], relation)):
            truth.unlink("groups", one["id"], relation, target)
    return f"strip {_named(one)}"


def join_a_group(truth: Truth, dice: random.Random) -> str:
    group, one = _some(truth, "groups", dice), _some(truth, "users", dice)
    if group is None or one is None or group["membershipRule"]:
        return ""
    if one["id"] in truth.linked("groups", group["id"], "members"):
        return ""
    truth.link("groups", group["id"], "members", one["id"])
    return f"{_named(one)} joins {_named(group)}"


def delete_a_group(truth: Truth, dice: random.Random) -> str:
    one = _some(truth, "groups", dice)
    if one is None:
        return ""
    for_good = dice.random() < 0.4
    truth.remove("groups", one["id"], for_good=for_good)
    return f"delete group {_named(one)} for good={for_good}"


def twist_a_group(truth: Truth, dice: random.Random) -> str:
    one = _some(truth, "groups", dice)
    if one is None:
        return ""
    truth.change("groups", one["id"], displayName=f"Twisted {dice.random()}", description=None)
    if one["membershipRule"]:
        truth.change("groups", one["id"], membershipRule="(user.accountEnabled -eq true)")
    return f"twist {_named(one)}"


def flip_a_policy(truth: Truth, dice: random.Random) -> str:
    one = _some(truth, "conditionalAccessPolicies", dice)
    if one is None:
        return ""
    conditions = {**one["conditions"], "users": {"includeUsers": ["None"]}}
    truth.change("conditionalAccessPolicies", one["id"], state="disabled", conditions=conditions)
    return f"flip {_named(one)}"


def delete_from_access(truth: Truth, dice: random.Random) -> str:
    kind = dice.choice(("conditionalAccessPolicies", "namedLocations"))
    one = _some(truth, kind, dice)
    if one is None:
        return ""
    for_good = dice.random() < 0.5
    truth.remove(kind, one["id"], for_good=for_good)
    return f"delete {kind} {_named(one)} for good={for_good}"


def widen_a_place(truth: Truth, dice: random.Random) -> str:
    one = _some(truth, "namedLocations", dice)
    if one is None:
        return ""
    if "ipRanges" in one:
        everywhere = [{"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "0.0.0.0/1"}]
        truth.change("namedLocations", one["id"], ipRanges=everywhere)
    else:
        truth.change("namedLocations", one["id"], countriesAndRegions=["KP"])
    return f"widen {_named(one)}"


def take_a_role(truth: Truth, dice: random.Random) -> str:
    one = _some(truth, "roleAssignments", dice)
    if one is None:
        return ""
    truth.remove("roleAssignments", one["id"])
    return f"take role {one['roleDefinitionId']} from {one['principalId']}"


def give_a_role(truth: Truth, dice: random.Random) -> str:
    one, role = _some(truth, "users", dice), dice.choice(list(ROLES.values()))
    if one is None:
        return ""
    there = truth.objects("roleAssignments").values()
    if any((other["principalId"], other["roleDefinitionId"]) == (one["id"], role) for other in there):
        return ""
    truth.add("roleAssignments", principalId=one["id"], roleDefinitionId=role, directoryScopeId="/")
    return f"give role {role} to {_named(one)}"


def delete_a_role(truth: Truth, dice: random.Random) -> str:
    one = _some(truth, "roleDefinitions", dice)
    if one is None:
        return ""
    truth.remove("roleDefinitions", one["id"])
    return f"delete role {_named(one)}"


def sneak_in(truth: Truth, dice: random.Random) -> str:
    number = dice.randrange(10**9)
    one = truth.add(
        "users",
        displayName=f"Helpful {number}",
        userPrincipalName=f"helpful{number}@{truth.tenant.domain}",
        mailNickname=f"helpful{number}",
    )
    if dice.random() < 0.5:
        admin = ROLES["Global Administrator"]
        truth.add("roleAssignments", principalId=one["id"], roleDefinitionId=admin, directoryScopeId="/")
    return f"sneak in {one['displayName']}"


def plant_a_group(truth: Truth, dice: random.Random) -> str:
    number = dice.randrange(10**9)
    one = truth.add("groups", displayName=f"Planted {number}", mailNickname=f"planted{number}")
    if (somebody := _some(truth, "users", dice)) is not None:
        truth.link("groups", one["id"], "members", somebody["id"])
    return f"plant {one['displayName']}"


def delete_software(truth: Truth, dice: random.Random) -> str:
    kind = dice.choice(("applications", "servicePrincipals"))
    one = _some(truth, kind, dice)
    if one is None:
        return ""
    for_good = dice.random() < 0.4
    truth.remove(kind, one["id"], for_good=for_good)
    return f"delete {kind} {_named(one)} for good={for_good}"


def twist_software(truth: Truth, dice: random.Random) -> str:
    one = _some(truth, "applications", dice)
    if one is None:
        return ""
    truth.change("applications", one["id"], web={**one["web"], "redirectUris": ["https://evil.example/"]}, notes="hi")
    if (somebody := _some(truth, "users", dice)) is not None:
        owners = truth.linked("applications", one["id"], "owners")
        if somebody["id"] not in owners:
            truth.link("applications", one["id"], "owners", somebody["id"])
    return f"twist {_named(one)}"


def use_software(truth: Truth, dice: random.Random) -> str:
    resource, one = _some(truth, "servicePrincipals", dice), _some(truth, "users", dice)
    if resource is None or one is None or not resource["appRoles"]:
        return ""
    role = resource["appRoles"][0]["id"]
    ties = [
        id
        for id, tie in truth.objects("appRoleAssignments").items()
        if (tie["principalId"], tie["resourceId"]) == (one["id"], resource["id"])
    ]
    for id in ties:
        truth.remove("appRoleAssignments", id)
    if not ties:
        truth.add("appRoleAssignments", principalId=one["id"], resourceId=resource["id"], appRoleId=role)
    return f"{_named(one)} {'loses' if ties else 'gets'} {_named(resource)}"


def widen_a_grant(truth: Truth, dice: random.Random) -> str:
    one = _some(truth, "oauth2PermissionGrants", dice)
    if one is None:
        return ""
    if dice.random() < 0.5:
        truth.remove("oauth2PermissionGrants", one["id"])
        return "revoke a grant"
    truth.change("oauth2PermissionGrants", one["id"], scope="read write admin")
    return "widen a grant"


def change_managers(truth: Truth, dice: random.Random) -> str:
    one, other = _some(truth, "users", dice), _some(truth, "users", dice)
    if one is None or other is None:
        return ""
    there = truth.linked("users", one["id"], "manager")
    if there:
        truth.unlink("users", one["id"], "manager", there[0])
    if one is not other:
        truth.link("users", one["id"], "manager", other["id"])
    return f"{_named(other)} manages {_named(one)}"


def upset_a_unit(truth: Truth, dice: random.Random) -> str:
    one = _some(truth, "administrativeUnits", dice)
    if one is None:
        return ""
    if dice.random() < 0.3:
        for_good = dice.random() < 0.5
        truth.remove("administrativeUnits", one["id"], for_good=for_good)
        return f"delete unit {_named(one)} for good={for_good}"
    truth.change("administrativeUnits", one["id"], description="upset")
    for target in list(truth.linked("administrativeUnits", one["id"], "members")):
        truth.unlink("administrativeUnits", one["id"], "members", target)
    return f"upset {_named(one)}"


def open_the_doors(truth: Truth, dice: random.Random) -> str:
    kind, name, value = dice.choice(
        (
            ("authorizationPolicy", "allowInvitesFrom", "everyone"),
            ("authorizationPolicy", "blockMsolPowerShell", True),
            ("authenticationMethodsPolicy", "reconfirmationInDays", 7),
        )
    )
    one = truth.single(kind)
    truth.change(kind, one.get("id", kind) if one.get("id", kind) in truth.objects(kind) else kind, **{name: value})
    return f"{kind}.{name}"


ATTACKS: Final[Sequence[Attack]] = (
    delete_somebody,
    rename_somebody,
    lock_somebody_out,
    strip_a_group,
    join_a_group,
    delete_a_group,
    twist_a_group,
    flip_a_policy,
    delete_from_access,
    widen_a_place,
    take_a_role,
    give_a_role,
    delete_a_role,
    sneak_in,
    plant_a_group,
    delete_software,
    twist_software,
    use_software,
    widen_a_grant,
    change_managers,
    upset_a_unit,
    open_the_doors,
)


def attack(truth: Truth, dice: random.Random, most: int = 12) -> list[str]:
    """Do some of it, in any order; what was done."""
    done = [dice.choice(ATTACKS)(truth, dice) for _ in range(dice.randint(1, most))]
    return [one for one in done if one]


# --- judging -------------------------------------------------------------------------------------------------------


def with_new_ids(one: DirectoryObject, ids: Mapping[str, str]) -> DirectoryObject:
    """An object as it must be now that some ids are new."""
    properties = translated(dict(one.properties), ids)
    assert isinstance(properties, dict)
    links = tuple(
        sorted(Link(tie.relation, ids.get(tie.id, tie.id), ids.get(tie.detail, tie.detail)) for tie in one.links)
    )
    return DirectoryObject(
        kind=one.kind, id=ids.get(one.id, one.id), name=one.name, properties=properties, links=links, unread=one.unread
    )


def unlike(
    saved: Mapping[str, DirectoryObject], live: Mapping[str, DirectoryObject], ids: Mapping[str, str]
) -> Iterator[tuple[str, Json, Json]]:
    """What can be written and is not as it was: keys by the ids that things had, with both values."""
    back = {new: old for old, new in ids.items()}
    wanted = {one.key: one for one in (with_new_ids(one, ids) for one in saved.values())}
    for key in sorted({*wanted, *live}):
        old, new = wanted.get(key), live.get(key)
        one = old or new
        assert one is not None
        kind = SCHEMA[one.kind]
        told = difference(kind, old, new)
        id = back.get(one.id, one.id)
        if told.change is not Change.CHANGED:
            if told.change is not Change.UNCHANGED:
                yield f"{kind.id}/{id}", told.change.value, one.name
            continue
        for value in told.attributes:
            is_fixed = value.trait.nature is Nature.ON_CREATION and one.id not in back
            if value.trait.is_noise or value.trait.nature is Nature.READ_ONLY or is_fixed:
                continue
            yield attribute_key(kind.id, id, value.path), value.old, value.new
        for tie in told.links:
            if not tie.trait.is_noise and tie.trait.nature is not Nature.READ_ONLY:
                link = Link(tie.link.relation, back.get(tie.link.id, tie.link.id), tie.link.detail)
                yield link_key(kind.id, id, link), tie.change.value, tie.link.id


def is_told(key: str, told: set[str]) -> bool:
    """A difference is explained: it, or what it lies in, or a part of it, is among what was told."""
    return any(one in told for one in lies_in(key)) or any(one.startswith(key) for one in told)
