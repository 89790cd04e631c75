"""Somebody who can write where the vault lies, but has no key: whatever they do to any file is noticed and named.

What is not noticed costs nothing, and is listed here: see HARMLESS_TO_LOSE and HARMLESS_TO_CHANGE.
"""

import contextlib
import os
import random
from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest

from saasbackup_desktop.core.errors import BodyDamaged, VaultDamaged, VaultTooNew
from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.core.model import Edit
from saasbackup_desktop.core.retention import Keep
from saasbackup_desktop.vault.care.findings import Damage
from saasbackup_desktop.vault.care.kinds import kind_of
from saasbackup_desktop.vault.format.names import (
    ASIDE,
    CONFIG,
    HOLDS,
    INDEX,
    KEYS,
    LEASES,
    META,
    PACKS,
    POLICY,
    REMOVED,
    SNAPSHOTS,
    TRASH,
)
from saasbackup_desktop.vault.retention import holds, policy, trash
from saasbackup_desktop.vault.vault import Vault
from tests.memory_store import MemoryStore
from tests.unit.vault.conftest import CHEAP, INBOX, PASSPHRASE, STREAM, HandClock, head, item

KINDS = {CONFIG, KEYS, PACKS, META, INDEX, SNAPSHOTS, LEASES, REMOVED, TRASH, HOLDS, POLICY, ASIDE}
HARMLESS_TO_CHANGE = {ASIDE, ""}
"""Files that nothing reads: what a repair kept of damaged ones, and what is no file of the vault."""
HARMLESS_TO_LOSE = {ASIDE, "", INDEX, LEASES, TRASH}
"""The index is read from the packs again; a lease that is gone lets somebody else write, whose heads have names of
their own; without its list in the trash nothing is removed."""
NOT_NOTICED_IF_LOST = {KEYS, HOLDS, POLICY, REMOVED}
"""Who can remove files can also remove a key, a hold, a rule and a note, as they can remove the vault. A hold or a
retention lock of the store keeps them from it, and the program's own list of keys shows what is gone."""

Files = dict[str, bytes]


def _note(number: int) -> bytes:
    return f"Subject: Note {number}\r\n\r\n".encode() + random.Random(number).randbytes(20).hex().encode()


@pytest.fixture(scope="module")
def files() -> Files:
    """A vault with a file of every kind."""
    store, clock = MemoryStore(), HandClock()
    vault, _ = Vault.create(store, PASSPHRASE, clock, argon2=CHEAP)
    gone = vault.add_passphrase("second", "somebody").id
    vault.remove_slot(gone)
    root = ""
    for number in range(3):
        with vault.writer(STREAM, "me") as writer:
            notes = [item(each, writer.add(_note(each))) for each in (2 * number, 2 * number + 1)]
            root = writer.apply(root, [Edit(None, INBOX), *(Edit(None, note) for note in notes)])
            writer.seal(head(root, number + 1, items=2 * number + 2))
    keys = vault._keys
    writer = vault.writer(StreamId("another/mail"), "me")
    lease = next(store.list(LEASES))
    held = store.files[lease]
    writer.close()
    store.files[lease] = held
    policy.put(store, keys, policy.Policy(Keep(days=1)))
    holds.put(store, keys, holds.Hold(id=holds.new_id(), stream=STREAM, snapshot=None, label="court", made=1))
    trash.put(
        store,
        keys,
        trash.Trash(id=trash.new_id(), made=1, due=clock.now() + 1, why=trash.RETENTION, heads=(), packs=()),
    )
    store.files[f"{ASIDE}/ab/{'ab' * 32}"] = b"what a repair kept"
    store.files["readme.txt"] = b"somebody's own"
    assert {kind_of(name) for name in store.files} == KINDS | {""}
    return store.files


def opened(files: Files) -> Vault:
    return Vault.open(MemoryStore(files), PASSPHRASE, HandClock())


def check(files: Files, remembered: dict[StreamId, tuple[str, str]] | None = None) -> list[Damage]:
    found = opened(files).check(100, lambda done, total: None, lambda: False, remembered)
    return list(found)


def noticed(files: Files, name: str) -> bool:
    """Does the check name this file, or does the vault refuse to open because of it?"""
    try:
        return name in {damage.file for damage in check(files)}
    except VaultDamaged as damage:
        return damage.facts["file"] in (name, KEYS)
    except VaultTooNew:
        return name == CONFIG  # it seems to ask for what no program knows; a rescue finds out that nobody wrote that


def changed(files: Files, name: str, data: bytes) -> Files:
    return {**files, name: data}


def of_kind(files: Files, kind: str) -> list[str]:
    return [name for name in files if kind_of(name) == kind]


def test_the_vault_itself_is_whole(files: Files) -> None:
    assert check(files) == []


@pytest.mark.parametrize("kind", sorted(KINDS - HARMLESS_TO_CHANGE))
def test_a_changed_byte_is_noticed_wherever_it_is(files: Files, kind: str) -> None:
    """One bit of one byte at a time. With ``TAMPER=all`` all of all files; else every seventh, and all at the ends."""
    step = 1 if os.environ.get("TAMPER") == "all" else 7
    for name in of_kind(files, kind)[: None if step == 1 else 1]:
        data = files[name]
        chance = random.Random(name)
        for at in range(len(data)):
            if at >= 50 and len(data) - at > 10 and at % step:
                continue
            spoilt = bytearray(data)
            spoilt[at] ^= 1 << chance.randrange(8)
            assert noticed(changed(files, name, bytes(spoilt)), name), (name, at)


@pytest.mark.parametrize("kind", sorted(KINDS - HARMLESS_TO_CHANGE))
def test_a_file_that_is_cut_or_goes_on_is_noticed(files: Files, kind: str) -> None:
    for name in of_kind(files, kind):
        data = files[name]
        for size in (0, 1, 8, 12, 43, 44, 60, len(data) // 2, len(data) - 1):
            if size < len(data):
                assert noticed(changed(files, name, data[:size]), name), (name, size)
        for more in (b"\0", b"\n", b" ", data):
            assert noticed(changed(files, name, data + more), name), (name, more[:10])


@pytest.mark.parametrize("kind", sorted(KINDS - HARMLESS_TO_CHANGE - {CONFIG}))
def test_a_file_under_another_name_is_noticed(files: Files, kind: str) -> None:
    for name in of_kind(files, kind):
        for other in _other_names(name):
            assert kind_of(other) == kind
            copied = changed(files, other, files[name])
            assert noticed(copied, other), (name, other)
            moved = {each: data for each, data in copied.items() if each != name}
            assert noticed(moved, other), (name, other)


def _other_names(name: str) -> Iterator[str]:
    """Names of the same kind: with other random digits, or with another number before them."""
    folder, _, last = name.rpartition("/")
    if last[8:9] == "-":
        yield f"{folder}/{int(last[:8]) + 7:08d}{last[8:]}"
        yield f"{folder}/{last[:-1]}{'0' if last[-1] != '0' else '1'}"
        return
    stem, dot, ending = last.partition(".")
    yield f"{folder}/{stem[:-1]}{'0' if stem[-1] != '0' else '1'}{dot}{ending}"


@pytest.mark.parametrize("kind", [KEYS, PACKS, META, INDEX, SNAPSHOTS])
def test_files_that_changed_places_are_noticed(files: Files, kind: str) -> None:
    names = of_kind(files, kind)
    assert len(names) > 1
    for one, other in pairwise(names):
        swapped = {**files, one: files[other], other: files[one]}
        assert noticed(swapped, one), (one, other)
        assert noticed(swapped, other), (one, other)
        assert noticed(changed(files, one, files[other]), one), (one, other)


@pytest.mark.parametrize("kind", sorted(KINDS - HARMLESS_TO_CHANGE - {CONFIG, KEYS}))
def test_a_file_of_another_vault_is_noticed(files: Files, kind: str) -> None:
    vault, _ = Vault.create(MemoryStore(), PASSPHRASE, HandClock(), argon2=CHEAP)
    store = vault._store
    with vault.writer(STREAM, "me") as writer:
        root = writer.apply("", [Edit(None, INBOX), Edit(None, item(1, writer.add(_note(1))))])
        writer.seal(head(root, 1))
    foreign = [name for name in store.list() if kind_of(name) == kind]
    for name in foreign:
        assert noticed(changed(files, name, store.get(name)), name), name


def test_a_lost_file_is_noticed_and_what_it_costs_is_named(files: Files) -> None:
    for name in files:
        kind = kind_of(name)
        rest = {each: data for each, data in files.items() if each != name}
        if kind in HARMLESS_TO_LOSE | NOT_NOTICED_IF_LOST:
            if kind == KEYS:
                continue  # the last one that the passphrase opens
            assert check(rest) == [], name
        elif kind in (PACKS, META):
            (damage,) = check(rest)
            assert (damage.file, damage.code) == (name, "missing")
            assert damage.items
        elif kind == CONFIG:
            with pytest.raises(VaultDamaged):
                opened(rest)
        else:
            assert kind == SNAPSHOTS
            mark = opened(files).mark(STREAM)
            assert mark is not None
            damages = check(rest, {STREAM: mark})
            assert {damage.file for damage in damages} == {name}
            assert damages[0].code in ("missing", "rolled-back")


def test_the_newest_point_in_time_is_missed_only_by_who_remembers_it(files: Files) -> None:
    newest = max(of_kind(files, SNAPSHOTS))
    rest = {name: data for name, data in files.items() if name != newest}
    assert check(rest) == []
    mark = opened(files).mark(STREAM)
    assert mark is not None
    assert mark[0] == newest
    (damage,) = check(rest, {STREAM: mark})
    assert (damage.file, damage.code) == (newest, "rolled-back")
    assert damage.items == ("ada@example.org 20260101T000002Z-00000002",)


def test_a_description_that_was_tampered_with_is_written_again(files: Files) -> None:
    described = files[CONFIG]
    for at in range(0, len(described), 5):
        spoilt = bytearray(described)
        spoilt[at] ^= 32
        store = MemoryStore(changed(files, CONFIG, bytes(spoilt)))
        vault = Vault.rescue(store, PASSPHRASE, HandClock())
        assert store.files[CONFIG] == described
        assert vault.id == opened(files).id


def test_an_earlier_state_of_everything_is_noticed_by_who_remembers(files: Files) -> None:
    vault = opened(files)
    with vault.writer(STREAM, "me") as writer:
        writer.seal(head("", 9))
    mark = vault.mark(STREAM)
    assert mark is not None
    assert vault.knows(mark)
    assert not opened(files).knows(mark)
    (damage,) = check(files, {STREAM: mark})
    assert (damage.file, damage.code) == (mark[0], "rolled-back")


def test_what_was_removed_on_purpose_is_not_missed_and_noticed_when_it_comes_back(files: Files) -> None:
    vault = opened(files)
    store = vault._store
    assert isinstance(store, MemoryStore)
    slot = vault.add_passphrase("third", "")
    name = f"{KEYS}/{slot.id}.json"
    replayed = store.files[name]
    vault.remove_slot(slot.id)
    assert check(store.files) == []
    (damage,) = check(changed(store.files, name, replayed))
    assert (damage.file, damage.code) == (name, "came-back")


@pytest.mark.parametrize("spoil", [lambda data: data[:100], lambda data: b"", lambda data: data + b"x"])
def test_nothing_is_believed_of_what_was_tampered_with(files: Files, spoil: Callable[[bytes], bytes]) -> None:
    """Reading gives the very bytes, or says that it cannot."""
    for name in of_kind(files, PACKS) + of_kind(files, META):
        vault = opened(changed(files, name, spoil(files[name])))
        for each in vault.heads(STREAM):
            try:
                nodes = list(vault.nodes(each.root))
            except VaultDamaged:
                continue
            for node in nodes:
                body = getattr(node, "body", None)
                if body is not None:
                    with contextlib.suppress(BodyDamaged):
                        assert vault.read(body) == _note(int(node.id[-8:], 16))
