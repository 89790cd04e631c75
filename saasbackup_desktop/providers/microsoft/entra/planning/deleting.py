"""Deleting what came since."""

from saasbackup_desktop.core.directory.difference import path_of
from saasbackup_desktop.core.directory.objects import DirectoryObject
from saasbackup_desktop.core.directory.plan import Action
from saasbackup_desktop.core.directory.schema import Nature
from saasbackup_desktop.core.stream import Json
from saasbackup_desktop.providers.microsoft.entra.planning.bodies import typed
from saasbackup_desktop.providers.microsoft.entra.planning.cases import Case
from saasbackup_desktop.providers.microsoft.entra.planning.sketch import Sketch
from saasbackup_desktop.providers.microsoft.entra.planning.steps import Step, unique
from saasbackup_desktop.providers.microsoft.entra.planning.ways import REQUESTS, Request, address


def delete(sketch: Sketch, case: Case) -> None:
    """Say the request that deletes it, and what it was."""
    now = case.one
    old = {
        path_of((name,)): value
        for name, value in now.properties.items()
        if case.kind.trait(path_of((name,))).nature is not Nature.READ_ONLY
    }
    if old.get("isTrusted") is True and case.kind.id == "namedLocations":
        _distrust(sketch, case)
        old["isTrusted"] = False
    request = Request("DELETE", address(case.kind.id, now.id))
    if case.kind.id == "roleEligibilitySchedules":
        request = Request("POST", REQUESTS, _removal(now))
    sketch.steps.append(
        Step(
            Action.DELETE,
            case.kind.id,
            now.id,
            now.name,
            request,
            old=old,
            keys=(case.key,),
            links=now.links,
            frees=unique(case.kind.id, now.properties),
        )
    )


def _distrust(sketch: Sketch, case: Case) -> None:
    """A place that is trusted cannot be deleted."""
    sketch.steps.append(
        Step(
            Action.UPDATE,
            case.kind.id,
            case.id,
            case.one.name,
            Request("PATCH", address(case.kind.id, case.id), typed(case.kind, case.one, {"isTrusted": False})),
            old={"isTrusted": True},
            new={"isTrusted": False},
            keys=(case.key,),
        )
    )


def _removal(now: DirectoryObject) -> Json:
    told = now.properties
    return {
        "action": "adminRemove",
        "principalId": told.get("principalId"),
        "roleDefinitionId": told.get("roleDefinitionId"),
        "directoryScopeId": told.get("directoryScopeId") or "/",
    }
