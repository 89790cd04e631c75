"""Every sample of a directory object that Microsoft and others show: kept, compared and planned without loss."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import Any, Final

import pytest

from saasbackup_desktop.core.directory.difference import Change, difference
from saasbackup_desktop.core.directory.drafting import Pair, Survey, Wish
from saasbackup_desktop.core.directory.objects import DirectoryObject, read, written
from saasbackup_desktop.core.directory.ticks import EVERYTHING, Ticks, attribute_key, lies_in, link_key
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.formats.graph.reading import describe
from saasbackup_desktop.providers.microsoft.entra.kinds import RECIPES, SCHEMA
from saasbackup_desktop.providers.microsoft.entra.kinds.recipe import Recipe
from saasbackup_desktop.providers.microsoft.entra.linking import links_of
from saasbackup_desktop.providers.microsoft.entra.planning.planner import plan
from saasbackup_desktop.providers.microsoft.entra.shaping import TYPE, shaped
from saasbackup_desktop.providers.microsoft.entra.source import item_of, revision_of
from tests.corpora import Corpora

_FILES: Final = ("graph-docs-pairs.jsonl", "cli-m365-pairs.jsonl")
ALL: Final = Wish(ticks=Ticks(frozenset({EVERYTHING})))


def told(corpora: Corpora) -> Iterator[tuple[Recipe, dict[str, Any]]]:
    """Objects that answers to a kind's addresses tell."""
    forms = {
        kind: re.compile(
            re.escape(recipe.path.removeprefix("/beta")) + r"(/delta(\(\))?|\('[^/]*'\)|/[^/?$]+)?/?(\?.*)?$", re.I
        )
        for kind, recipe in RECIPES.items()
    }
    for name in _FILES:
        for line in (corpora.folder / "graph" / name).read_text(encoding="utf-8").splitlines():
            pair = json.loads(line)
            body = pair.get("response_body")
            path = re.sub(r"^(https?://[^/]+)?/(v1\.0|beta)", "", str(pair.get("url") or ""), flags=re.I)
            if not isinstance(body, dict) or "error" in body:
                continue
            for kind, form in forms.items():
                if not form.match(path):
                    continue
                for one in body["value"] if isinstance(body.get("value"), list) else [body]:
                    if isinstance(one, dict) and "@removed" not in one and _is_object(RECIPES[kind], one):
                        yield RECIPES[kind], one


NAMELESS: Final = frozenset(
    {"includes", "excludes", "combinationConfigurations", "scheduledActionsForRule", "scheduledActionConfigurations"}
)
"""Lists of things that get new ids whenever they are written."""
EXPORTED: Final = {
    "baseline:ConditionalAccess": "conditionalAccessPolicies",
    "baseline:SettingsCatalog": "configurationPolicies",
    "baseline:Groups": "groups",
    "baseline:NamedLocations": "namedLocations",
    "baseline:CompliancePolicies": "deviceCompliancePolicies",
    "intune-sample:DeviceConfiguration": "deviceConfigurations",
}
"""What other tools have exported as Graph told it."""


def exported(corpora: Corpora) -> Iterator[tuple[Recipe, dict[str, Any]]]:
    """Objects that other tools keep; those without an id are given one."""
    lines = (corpora.folder / "objects" / "objects.jsonl").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        sample = json.loads(line)
        kind, one = EXPORTED.get(sample["category"]), sample["object"]
        if kind is not None and isinstance(one, dict) and (one.get("displayName") or one.get("name")):
            yield RECIPES[kind], {"id": f"sample-{number}", **{name: one[name] for name in one if name != "id"}}


def _is_object(recipe: Recipe, plain: Mapping[str, Any]) -> bool:
    if SCHEMA[recipe.kind].is_single and recipe.id not in plain:
        return any(name in plain for name in SCHEMA[recipe.kind].attributes)
    return bool(plain.get(recipe.id))


def made(recipe: Recipe, plain: Mapping[str, Any]) -> DirectoryObject:
    """The object as a backup keeps it."""
    links = []
    for link in recipe.links:
        there = plain.get(link.relation) or plain.get(f"{link.relation}@delta")
        if isinstance(there, list | dict):
            values = there if isinstance(there, list) else [there]
            links += links_of(link, [one for one in values if "@removed" not in one])
    return shaped(recipe, plain, links)


def expected(recipe: Recipe, name: str, value: Any) -> Any:
    """A value as it should be kept: without annotations and secrets."""
    if name in ("keyCredentials", "passwordCredentials"):
        kept = ("keyId", "displayName", "startDateTime", "endDateTime", "type", "usage")
        return [{key: one[key] for key in kept if key in one} for one in value]
    if name == "authenticationStrength" and isinstance(value, dict):
        return {"id": value.get("id")}
    if isinstance(value, dict):
        return {
            key: expected(recipe, key, one)
            for key, one in value.items()
            if ("@" not in key or key == TYPE) and key not in recipe.secrets
        }
    if isinstance(value, list):
        if name in NAMELESS:
            value = [{key: one[key] for key in one if key != "id"} for one in value]
        return [expected(recipe, "", one) for one in value]
    return value


@pytest.fixture(scope="module")
def samples(corpora: Corpora) -> list[tuple[Recipe, dict[str, Any]]]:
    found = list(
        {
            (recipe.kind, json.dumps(plain, sort_keys=True)): (recipe, plain)
            for recipe, plain in chain(told(corpora), exported(corpora))
        }.values()
    )
    counted = Counter(recipe.kind for recipe, _ in found)
    assert len(found) > 400, counted
    assert len(counted) >= 25, counted
    return found


def test_nothing_is_lost_on_the_way_into_the_vault(samples: list[tuple[Recipe, dict[str, Any]]]) -> None:
    for recipe, plain in samples:
        one = made(recipe, plain)
        assert read(written(one)) == one
        item = item_of(one)
        assert item.revision == revision_of(read(written(one)))
        relations = {link.relation for link in recipe.links}
        for name, value in plain.items():
            if value is None or name in relations or name in recipe.secrets:
                assert name not in one.properties
            elif name == recipe.id == "id" or "@" in name:
                assert one.properties.get(name) in (None, value)
                assert name != "id" or one.id == value
            else:
                assert one.properties[name] == expected(recipe, name, value), (recipe.kind, name)
        text = describe(Service.DIRECTORY, written(one)).text
        assert one.id in text
        assert all(value in text for value in one.properties.values() if isinstance(value, str) and value.strip())


def test_every_difference_is_told_once(samples: list[tuple[Recipe, dict[str, Any]]]) -> None:
    for recipe, plain in samples:
        kind, one = SCHEMA[recipe.kind], made(recipe, plain)
        same = difference(kind, one, made(recipe, json.loads(json.dumps(plain))))
        assert same.change is Change.UNCHANGED
        gone = difference(kind, one, None)
        there = {name for name, value in one.properties.items() if _says_something(value)}
        assert {_first(change.path) for change in gone.attributes} == there
        assert len(gone.links) == len(set(one.links))
        for name, value in one.properties.items():
            other = replace(one, properties={**one.properties, name: _other(value)})
            found = difference(kind, one, other)
            assert found.change is Change.CHANGED
            assert {_first(change.path) for change in found.attributes} == {name}


def test_every_difference_is_planned_or_explained(samples: list[tuple[Recipe, dict[str, Any]]]) -> None:
    for recipe, plain in samples:
        kind, one = SCHEMA[recipe.kind], made(recipe, plain)
        altered = replace(one, properties={name: _other(value) for name, value in one.properties.items()}, links=())
        for now in (None, altered):
            if now is None and kind.is_single:
                continue
            found = difference(kind, one, now)
            draft = plan(Survey(schema=SCHEMA, pairs=[Pair(one, now)], missing={link.id for link in one.links}), ALL)
            told = {key for write in draft.writes for key in write.keys} | {out.key for out in draft.left_out}
            for change in found.attributes:
                if not change.trait.is_noise:
                    assert _covered(attribute_key(one.kind, one.id, change.path), told), (recipe.kind, change.path)
            for link in found.links:
                assert _covered(link_key(one.kind, one.id, link.link), told), (recipe.kind, link.link)


def _covered(key: str, told: set[str]) -> bool:
    return any(one in told for one in lies_in(key)) or any(key in lies_in(one) for one in told)


def _first(path: str) -> str:
    return re.split(r"(?<!\\)\.", path)[0].replace("\\.", ".")


def _says_something(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_says_something(one) for one in value.values())
    return value is not None and value != []


def _other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, str):
        return f"{value} (changed)"
    if isinstance(value, list):
        return [*value, "another"]
    return {**value, "another": "thing"}
