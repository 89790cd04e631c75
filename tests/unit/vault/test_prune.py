"""Prune: what retention lets go is removed in two steps, and everything that stays can be read."""

from dataclasses import replace

import pytest

from saasbackup_desktop.core.errors import BodyDamaged, Misconfigured, VaultDamaged
from saasbackup_desktop.core.ids import SnapshotId
from saasbackup_desktop.core.model import Edit, Head, Item, SnapshotStatus
from saasbackup_desktop.core.retention import DAY, Keep
from saasbackup_desktop.vault.housekeeping import Pruned
from saasbackup_desktop.vault.vault import Vault
from tests.unit.vault.conftest import INBOX, STREAM, Place, head, item, letter

KEEP_ONE = Keep(last=1)


def quiet(_done: int, _total: int) -> None:
    """Nobody watches."""


def never() -> bool:
    return False


def prune(vault: Vault, grace_days: int = 0) -> Pruned:
    return vault.housekeeping.prune("pruner", grace_days, "test", quiet, never)


def backup(vault: Vault, number: int, letters: range, **more: object) -> Head:
    """A point in time that holds exactly these letters."""
    last = vault.last_head(STREAM)
    root = last.root if last else ""
    before = {node.id: node for node in vault.nodes(root) if isinstance(node, Item)}
    with vault.writer(STREAM, "writer") as writer:
        now = {each.id: each for each in (item(n, writer.add(letter(n))) for n in letters)}
        edits = [Edit(None, INBOX)]
        edits += [Edit(before.get(id), each) for id, each in now.items() if before.get(id) != each]
        edits += [Edit(each, None) for id, each in before.items() if id not in now]
        root = writer.apply(root, edits)
        made = head(root, number, items=len(now))
        made = replace(made, snapshot=replace(made.snapshot, **more))
        writer.seal(made)
    return made


def letters_of(vault: Vault, at: Head) -> set[int]:
    """Read every letter of a point in time."""
    found = set()
    for node in vault.nodes(at.root):
        if isinstance(node, Item):
            assert node.body is not None
            number = int(node.id[-8:], 16)
            assert vault.read(node.body) == letter(number)
            found.add(number)
    return found


def assert_whole(place: Place) -> None:
    vault = place.open()
    assert [one for one in vault.check(100, quiet, never) if not one.is_harmless] == []


def test_what_retention_lets_go_is_removed_after_its_grace(place: Place) -> None:
    vault = place.create()
    old, new = backup(vault, 1, range(40)), backup(vault, 2, range(30, 60))
    vault.housekeeping.set_policy(None, KEEP_ONE)
    packs = place.files("packs")
    pruned = prune(vault, 7)
    assert pruned.trash is not None
    assert [len(pruned.trash.heads), pruned.swept[0].heads] == [1, 0]
    assert letters_of(place.open(), old) == set(range(40))
    assert prune(vault, 7).trash is None
    place.clock.time += 7 * DAY + 1
    (swept,) = prune(vault, 7).swept
    assert swept.heads == 1
    assert swept.packs
    assert swept.freed > 0
    assert place.files("trash") == []
    assert len(place.files("packs")) <= len(packs)
    assert letters_of(place.open(), new) == set(range(30, 60))
    assert [one.snapshot.id for one in place.open().heads(STREAM)] == [new.snapshot.id]
    assert_whole(place)
