"""A lost part of the lists of items costs what it lists, and nothing else: each pack of them in turn."""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from saasbackup_desktop.vault.format.trees import Trees
from tests.conformance.made_vault import Made, make, read
from tests.conformance.reading import reader, run
from tests.conformance.test_vault_reader import expected, extracted

FROZEN = Path(__file__).parent / "fixtures" / "vault-1"


@dataclass(frozen=True)
class Listed:
    """A folder or an item of a point in time."""

    entry: Any
    way: frozenset[bytes]
    """The tree nodes that must be read to find it."""


@pytest.fixture(params=["frozen", "by chance", "folders apart"])
def vault(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Made]:
    """A vault to damage: its lists are cut as ever, as its new keys want, or so that the top folders lie apart."""
    folder = tmp_path / "vault"
    if request.param == "frozen":
        shutil.copytree(FROZEN / "vault", folder)
        return folder, read(FROZEN)
    if request.param == "folders apart":
        monkeypatch.setattr(Trees, "is_boundary", lambda _self, key, level: not level and key == b"f\0work")
    return folder, make(folder)


def test_each_lost_pack_costs_what_it_lists(
    vault: tuple[Path, Made], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    folder, made = vault
    homes, points = looked_at(folder, made)
    packs = sorted({pack for packs in homes.values() for pack in packs})
    assert len(packs) > 3
    wanted = {row[1:] for row in expected(made)}
    counts, places = set(), set()
    for number, pack in enumerate(packs):
        lost = {node for node, packs in homes.items() if packs == {pack}}
        (folder / pack).rename(tmp_path / "away")
        done = run(folder, made.passphrase, "extract", tmp_path / f"out-{number}", "--at", "all")
        (tmp_path / "away").rename(folder / pack)
        found = extracted(tmp_path / f"out-{number}")
        assert {row[1:] for row in found} <= wanted, pack
        assert sorted(found) == sorted(readable(made, points, lost)), pack
        is_needed = any(lost & listed.way for point in points.values() for listed in point)
        assert done.code == (reader.IN_PART if is_needed else reader.DONE), pack
        assert ("A part of the list of items cannot be read" in done.told) == is_needed, pack
        counts.add(len(found))
        places |= {row[0] for row in found}
    assert any(0 < count < len(expected(made)) for count in counts)
    if "folders apart" in request.node.name:
        assert {"(folder unknown)", "(folder unknown)/CON"} <= places


def test_a_folder_below_an_unknown_one_says_so() -> None:
    known = reader.Folder("deep", "work", "CON", "", {})
    assert reader.shown_path(known, {"deep": known}) == "(folder unknown)/CON"
    assert reader.shown_path(None, {}) == "(folder unknown)"


def looked_at(folder: Path, made: Made) -> tuple[dict[bytes, set[str]], dict[str, list[Listed]]]:
    """The packs that each tree node lies in, and what each point in time lists."""
    opened = reader.Vault(folder, reader.Secret(made.passphrase))
    homes: dict[bytes, set[str]] = {}
    for name in sorted(opened.blobs.files):
        if name.startswith("meta/"):
            for node, *_ in opened.blobs.table(name, "meta")[1]:
                homes.setdefault(node, set()).add(name)

    def below(node: bytes, way: frozenset[bytes]) -> Iterator[Listed]:
        level, entries = opened.trees.node(node)
        for key, value in entries:
            if level:
                yield from below(value, way | {node})
            else:
                yield Listed(reader.read_entry(key, value), way | {node})

    points = {
        point.id: list(below(point.root, frozenset())) for stream in opened.streams().values() for point in stream
    }
    opened.close()
    return homes, points


def readable(made: Made, points: Mapping[str, list[Listed]], lost: set[bytes]) -> list[tuple[str, str, str]]:
    """Folder, id and SHA-256 of all that is found without these nodes."""
    rows = []
    for id, point in points.items():
        known = [listed.entry for listed in point if not lost & listed.way]
        folders = {entry.id: entry for entry in known if isinstance(entry, reader.Folder)}
        items = {entry.id: entry for entry in known if isinstance(entry, reader.Item)}
        for made_item in made.items:
            if made_item.snapshot == id and made_item.id in items:
                parent, names = items[made_item.id].parent, []
                while parent in folders:
                    names.append(folders[parent].name)
                    parent = folders[parent].parent
                said = "/".join(["(folder unknown)", *reversed(names)]) if parent else made_item.folder
                rows.append((said, made_item.id, made_item.sha256))
    return rows
