"""Things that lie inside objects of the pretend directory: assignments, configurations, conditions, secrets."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from saasbackup_desktop.sim.graph import registration
from saasbackup_desktop.sim.graph.app import Asked, Handler
from saasbackup_desktop.sim.graph.entra import checks, mirror
from saasbackup_desktop.sim.graph.entra.asking import allowed_to_write, sent
from saasbackup_desktop.sim.graph.entra.checks import bad
from saasbackup_desktop.sim.graph.entra.merging import merged
from saasbackup_desktop.sim.graph.entra.reading import directory_of, object_of, part_of
from saasbackup_desktop.sim.graph.entra.shapes import Parts, Shape
from saasbackup_desktop.sim.graph.entra.store import Directory
from saasbackup_desktop.sim.graph.wire import Answer, Refusal

_ALL: Final = {
    "#microsoft.graph.allDevicesAssignmentTarget": "adadadad-808e-44e2-905a-0b7873a8a531",
    "#microsoft.graph.allLicensedUsersAssignmentTarget": "acacacac-9df4-4c7d-9d50-4ef0226f57a9",
}
_CALLED: Final = {
    "scheduleActionsForRules": "deviceComplianceScheduledActionForRules",
    "setScheduledActions": "scheduledActions",
}
"""By action, what its request calls the parts, where that is not what they are called."""


def numbered(directory: Directory, parts: Any) -> list[dict[str, Any]]:
    """Parts with ids."""
    return [
        {"id": str(number), **one} if "settingInstance" in one else {"id": directory.new_id(), **one}
        for number, one in enumerate(parts)
    ]


def part_making(shape: Shape, part: Parts) -> Handler:
    """Put something into an object."""

    def answer(asked: Asked) -> Answer:
        allowed_to_write(asked)
        directory, found, said = directory_of(asked), object_of(asked, shape), sent(asked)
        if shape.check is checks.granting:
            checks.granting(directory, {}, found)
        made = {"id": directory.new_id(), **said}
        if any(one["id"] == made["id"] for one in found[f"_{part.name}"]):
            raise Refusal(409, "Request_MultipleObjectsWithSameKeyValue", "It is there already.")
        found[f"_{part.name}"].append(made)
        directory.change(shape.id, found["id"])
        return Answer(201, made)

    return answer


def part_changing(shape: Shape, part: Parts) -> Handler:
    """Change something that lies in an object."""

    def answer(asked: Asked) -> Answer:
        allowed_to_write(asked)
        found, one, said = object_of(asked, shape), part_of(asked, shape, part), sent(asked)
        if said.get("@odata.type", one.get("@odata.type")) != one.get("@odata.type"):
            raise bad("The type cannot be changed.")
        one.update({name: merged(one.get(name), value) for name, value in said.items() if name != "id"})
        asked.tenant.directory.change(shape.id, found["id"])
        return Answer(204)

    return answer


def part_removing(shape: Shape, part: Parts) -> Handler:
    """Take something out of an object."""

    def answer(asked: Asked) -> Answer:
        allowed_to_write(asked)
        found, one = object_of(asked, shape), part_of(asked, shape, part)
        if shape.check is checks.granting:
            checks.granting(asked.tenant.directory, {}, found)
        found[f"_{part.name}"].remove(one)
        asked.tenant.directory.change(shape.id, found["id"])
        return Answer(204)

    return answer


def replacing(shape: Shape, part: Parts) -> Handler:
    """Put parts in the place of all that were there."""

    def answer(asked: Asked) -> Answer:
        allowed_to_write(asked)
        directory, found, said = directory_of(asked), object_of(asked, shape), sent(asked)
        name = _CALLED.get(part.action, part.name)
        wanted = said.get(name)
        if not isinstance(wanted, list):
            raise bad(f"A value is required for '{name}'.", "BadRequest")
        if part.name == "assignments":
            found["_assignments"] = [_assignment(directory, found["id"], one) for one in wanted]
        else:
            found[f"_{part.name}"] = numbered(directory, wanted)
        directory.change(shape.id, found["id"], **({"isAssigned": bool(wanted)} if "isAssigned" in found else {}))
        return Answer(body={"value": found["_assignments"]}) if part.name == "assignments" else Answer(204)

    return answer


def _assignment(directory: Directory, policy: str, said: Mapping[str, Any]) -> dict[str, Any]:
    target = said.get("target") or {}
    kind = target.get("@odata.type", "")
    at = _ALL.get(kind) or target.get("groupId")
    if kind not in _ALL and at not in directory.objects("groups"):
        raise bad(f"The group '{at}' is not there.", "BadRequest")
    return {"id": f"{policy}_{at}", "target": target}


def secret_adding(shape: Shape) -> Handler:
    """Make a secret: its text is told this once."""

    def answer(asked: Asked) -> Answer:
        allowed_to_write(asked)
        directory, found = directory_of(asked, shape.id), object_of(asked, shape)
        said = sent(asked).get("passwordCredential") or {}
        text = secrets.token_urlsafe(30)
        made = {
            "keyId": directory.new_id(),
            "displayName": said.get("displayName"),
            "hint": text[:3],
            "startDateTime": said.get("startDateTime") or directory.tenant.moment(),
            "endDateTime": said.get("endDateTime") or "2299-12-31T00:00:00Z",
            "customKeyIdentifier": None,
        }
        application = found.get("_backing")
        if application is not None:
            application.secret, application.secret_expires = text, made["endDateTime"]
            mirror.refresh(directory)
            [made] = found["passwordCredentials"]
        else:
            directory.change(shape.id, found["id"], passwordCredentials=[*found["passwordCredentials"], made])
        return Answer(200, {**made, "secretText": text})

    return answer


def secret_removing(shape: Shape) -> Handler:
    """Take a secret away."""

    def answer(asked: Asked) -> Answer:
        allowed_to_write(asked)
        directory, found = directory_of(asked, shape.id), object_of(asked, shape)
        if found.get("_backing") is not None and shape.id == "applications":
            return registration.remove_secret.handler(replace(asked, places={"registration": found["id"]}))
        key = sent(asked).get("keyId")
        left = [one for one in found["passwordCredentials"] if one["keyId"] != key]
        if len(left) == len(found["passwordCredentials"]):
            raise bad("No password credential found with keyId.")
        directory.change(shape.id, found["id"], passwordCredentials=left)
        return Answer(204)

    return answer
