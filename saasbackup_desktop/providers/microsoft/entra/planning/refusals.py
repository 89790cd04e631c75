"""What cannot be written, and why: codes that people get explained."""

from typing import Any

from saasbackup_desktop.core.directory.difference import AttributeChange, names_in
from saasbackup_desktop.core.directory.objects import DirectoryObject
from saasbackup_desktop.core.directory.schema import Kind, Nature
from saasbackup_desktop.providers.microsoft.entra.planning.groups import is_unified
from saasbackup_desktop.providers.microsoft.entra.planning.ways import WAYS

SYNCHRONISED = "synchronised"
EXCHANGE = "managed-by-exchange"
BUILT_IN = "built-in"
DOMAIN = "needs-a-person"
INVITED = "must-be-invited"
SECRET = "secret"
GONE = "gone-for-good"
READ_ONLY = "read-only"


def cannot_change(kind: Kind, now: DirectoryObject) -> str:
    """Why an object that is there cannot be changed; empty if it can."""
    told: Any = now.properties
    if kind.id not in WAYS:
        return READ_ONLY
    if told.get("onPremisesSyncEnabled") is True and kind.id != "organization":
        return SYNCHRONISED
    if kind.id == "groups" and _is_of_exchange(now):
        return EXCHANGE
    if kind.id == "domains":
        return DOMAIN
    return BUILT_IN if _is_built_in(now) else ""


def cannot_make(kind: Kind, old: DirectoryObject) -> str:
    """Why an object that is gone cannot be made anew; empty if it can."""
    told: Any = old.properties
    if kind.id not in WAYS or not kind.can_create or kind.is_single:
        return GONE
    if told.get("onPremisesSyncEnabled") is True:
        return SYNCHRONISED
    if kind.id == "users" and "#EXT#" in str(told.get("userPrincipalName") or ""):
        return INVITED
    if kind.id == "groups" and _is_of_exchange(old):
        return EXCHANGE
    if kind.id == "domains":
        return DOMAIN
    if kind.id == "identityProviders":
        return SECRET if told.get("clientId") else GONE
    if kind.id == "servicePrincipals" and told.get("servicePrincipalType") not in (None, "Application"):
        return GONE
    return BUILT_IN if _is_built_in(old) else ""


def cannot_delete(kind: Kind, now: DirectoryObject) -> str:
    """Why an object that came since cannot be deleted; empty if it can."""
    if kind.id not in WAYS or not kind.can_delete or kind.is_single:
        return READ_ONLY
    return cannot_change(kind, now)


def cannot_set(kind: Kind, change: AttributeChange) -> str:
    """Why an attribute cannot be brought back; empty if it can."""
    trait = change.trait
    if trait.nature is Nature.READ_ONLY:
        return trait.reason or READ_ONLY
    if trait.nature is Nature.ON_CREATION:
        return trait.reason or "on-creation"
    name = names_in(change.path)[0]
    if name in WAYS[kind.id].parts:
        return "in-parts"
    if kind.id == "groups" and name == "groupTypes" and is_unified(change.old) != is_unified(change.new):
        return "on-creation"
    return ""


def _is_of_exchange(group: DirectoryObject) -> bool:
    told: Any = group.properties
    return bool(told.get("mailEnabled")) and not is_unified(told.get("groupTypes"))


def _is_built_in(one: DirectoryObject) -> bool:
    told: Any = one.properties
    return (
        told.get("isBuiltIn") is True
        or told.get("policyType") == "builtIn"
        or (one.kind == "permissionGrantPolicies" and one.id.startswith("microsoft-"))
    )
