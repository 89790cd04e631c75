"""Microsoft's own table of permissions: what exists, and which request each allows."""

import gzip
import json
import re
from dataclasses import dataclass
from functools import lru_cache

import pytest

from saasbackup_desktop.providers.microsoft.permissions import WayIn
from tests.graph.referee import find

SCHEME = {WayIn.APPLICATION: "Application", WayIn.DELEGATED: "DelegatedWork"}


@dataclass(frozen=True)
class Contract:
    """Microsoft's table: which permission exists in which scheme, and which request it allows, as the least or not."""

    schemes: dict[str, frozenset[str]]
    allowed: dict[tuple[str, str], dict[str, bool]]


@lru_cache(maxsize=1)
def contract() -> Contract:
    folder = find()
    if folder is None:
        pytest.skip("CONTRACTS MISSING: ../shared/contracts is not there; the table was held to nobody's word")
    with gzip.open(folder / "permissions.json.gz") as file:
        plain = json.load(file)["permissions"]
    allowed: dict[tuple[str, str], dict[str, bool]] = {}
    for name, one in plain.items():
        for paths in one.get("pathSets", ()):
            for path, flags in paths["paths"].items():
                least = re.search(r"least=([\w,]+)", str(flags))
                for method in paths["methods"]:
                    for scheme in paths["schemeKeys"]:
                        asked = f"{method} {re.sub(r'{[^}]*}', '{id}', path).lower().rstrip('/')}"
                        is_least = least is not None and scheme in least[1].split(",")
                        allowed.setdefault((scheme, asked), {})[name] = is_least
    return Contract({name: frozenset(one["schemes"]) for name, one in plain.items()}, allowed)
