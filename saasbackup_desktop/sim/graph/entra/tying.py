"""Tying objects of the pretend directory to each other."""

from collections.abc import Mapping
from typing import Any, Final

from saasbackup_desktop.sim.graph.app import Asked, Handler
from saasbackup_desktop.sim.graph.entra import checks
from saasbackup_desktop.sim.graph.entra.asking import allowed_to_write, sent
from saasbackup_desktop.sim.graph.entra.checks import bad
from saasbackup_desktop.sim.graph.entra.reading import directory_of, missing, object_of
from saasbackup_desktop.sim.graph.entra.shapes import Relation, Shape
from saasbackup_desktop.sim.graph.entra.store import Directory
from saasbackup_desktop.sim.graph.wire import Answer

_BOUND: Final = 20
"""How many ties one request makes."""


def id_in(address: object) -> str:
    """The id that an ``@odata.id`` leads to. Raises Refusal."""
    text = str(address)
    if "/v1.0/" not in text and "/beta/" not in text:
        raise bad(f"Invalid object identifier '{text}'.")
    return text.rstrip("/").rpartition("/")[2].removesuffix(")").rpartition("('")[2].rstrip("'") or text


def bound(said: Mapping[str, Any], shape: Shape) -> dict[str, list[str]]:
    """Ties that are sent with an object, by relation. Raises Refusal."""
    found = {}
    for name, value in said.items():
        relation, _, rest = name.partition("@")
        if rest != "odata.bind":
            continue
        if shape.relation(relation) is None:
            raise bad(f"The property '{relation}' does not exist on type 'microsoft.graph.{shape.type}'.")
        found[relation] = [id_in(one) for one in (value if isinstance(value, list) else [value])]
        if len(found[relation]) > _BOUND:
            raise bad(f"The number of references in '{relation}' exceeds the limit of {_BOUND}.")
    return found


def relation_of(shape: Shape, name: str) -> Relation:
    """Find a relation that is there."""
    found = shape.relation(name)
    assert found is not None
    return found


def tie_check(
    directory: Directory, shape: Shape, found: Mapping[str, Any], relation: Relation, targets: list[str]
) -> None:
    """Look whether an object may be tied to others. Raises Refusal."""
    checks.synchronised(found)
    is_members = shape.id in ("groups", "administrativeUnits") and relation.name == "members"
    _not_dynamic(found, is_members=is_members)
    there = directory.linked(shape.id, found["id"], relation.name)
    for target in targets:
        known = directory.find(target, relation.kinds)
        if known is None:
            if directory.find(target) is not None:
                raise bad("The target of the reference is of a kind that cannot be added here.")
            raise missing(target)
        if not directory.is_known(known[1]):
            if is_members:
                raise bad("The source resource object or one of the objects being referenced do not exist.")
            raise missing(target)
        if target == found["id"]:
            raise bad("An object cannot be tied to itself.")
        if target in there and not relation.is_one:
            raise bad(
                "One or more added object references already exist for the following modified properties:"
                f" '{relation.name}'."
            )
        if is_members and "Unified" in (found.get("groupTypes") or ()) and known[0] != "users":
            raise bad("Members of a group of Microsoft 365 are users.")
        if is_members and found.get("isAssignableToRole") and known[0] == "groups":
            raise bad("Group nesting is not supported for groups that can be assigned to roles.")


def _not_dynamic(found: Mapping[str, Any], *, is_members: bool) -> None:
    if is_members and (
        "DynamicMembership" in (found.get("groupTypes") or ()) or found.get("membershipType") == "Dynamic"
    ):
        raise bad("Members of a dynamic group or unit follow from its rule.")


def tying(shape: Shape, relation: Relation) -> Handler:
    """Tie an object to another."""

    def answer(asked: Asked) -> Answer:
        allowed_to_write(asked)
        directory, found = directory_of(asked), object_of(asked, shape)
        target = id_in(sent(asked).get("@odata.id"))
        tie_check(directory, shape, found, relation, [target])
        directory.link(shape.id, found["id"], relation.name, target)
        return Answer(204)

    return answer


def untying(shape: Shape, relation: Relation) -> Handler:
    """Untie an object from another."""

    def answer(asked: Asked) -> Answer:
        allowed_to_write(asked)
        directory, found = directory_of(asked), object_of(asked, shape)
        checks.synchronised(found)
        is_members = shape.id in ("groups", "administrativeUnits") and relation.name == "members"
        _not_dynamic(found, is_members=is_members)
        there = directory.linked(shape.id, found["id"], relation.name)
        target = (there or [""])[0] if relation.is_one else asked["target"]
        if target not in there:
            raise missing(target or relation.name)
        if relation.name == "owners" and shape.id == "groups" and len(there) == 1 and "Unified" in found["groupTypes"]:
            raise bad("The group must have at least one owner, hence this owner cannot be removed.")
        directory.unlink(shape.id, found["id"], relation.name, target)
        return Answer(204)

    return answer
