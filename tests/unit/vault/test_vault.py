"""The vault as a whole: write, seal, open elsewhere, read."""

import dataclasses
import random

import pytest

from saasbackup_desktop.core.errors import (
    Misconfigured,
    VaultExists,
    VaultMissing,
    VaultTooNew,
    WrongPassphrase,
)
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Edit, Item
from saasbackup_desktop.vault.access.recovery import to_text
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.vault import Vault
from tests.unit.vault.conftest import INBOX, PASSPHRASE, STREAM, Place, head, letter, store_letters


def test_what_is_written_is_read_by_another_machine(place: Place) -> None:
    with place.create().writer(STREAM, "first") as writer:
        edits = store_letters(writer, range(300))
        root = writer.apply("", edits)
        writer.seal(head(root, items=300))
    vault = place.open()
    last = vault.last_head(STREAM)
    assert last == head(root, items=300)
    assert vault.streams() == [STREAM]
    assert {node.id: node for node in vault.nodes(root)} == {e.new.id: e.new for e in edits if e.new}
    assert list(vault.nodes(root, None)) == [INBOX]
    for node in vault.nodes(root, INBOX.id):
        assert isinstance(node, Item)
        assert node.body is not None
        assert vault.read(node.body) == letter(int(node.id[-8:], 16))


def test_a_move_is_one_edit(place: Place) -> None:
    vault = place.create()
    with vault.writer(STREAM, "me") as writer:
        edits = store_letters(writer, range(200))
        before = writer.apply("", edits)
        old = edits[50].new
        assert isinstance(old, Item)
        moved = dataclasses.replace(old, parent=NodeId("other"))
        after = writer.apply(before, [Edit(old, moved), Edit(edits[60].new, None)])
        writer.seal(head(after))
    found = sorted(vault.diff(before, after), key=lambda edit: edit.new is None)
    assert found == [Edit(old, moved), Edit(edits[60].new, None)]
    back = sorted(vault.diff(after, before), key=lambda edit: edit.old is None)
    assert back == [Edit(moved, old), Edit(None, edits[60].new)]


def test_a_run_without_change_writes_a_head_only(place: Place) -> None:
    vault = place.create()
    with vault.writer(STREAM, "me") as writer:
        root = writer.apply("", store_letters(writer, range(100)))
        writer.seal(head(root))
    before = {*place.files("")}
    with vault.writer(STREAM, "me") as writer:
        again = writer.apply(root, store_letters(writer, range(100)))
        assert again == root
        writer.seal(head(root, 2))
    new = {*place.files("")} - before
    assert [path.parent.parent.name for path in new] == ["snapshots"]


def test_only_the_newest_head_of_a_snapshot_counts(place: Place) -> None:
    vault = place.create()
    with vault.writer(STREAM, "me") as writer:
        for count in range(1, 4):
            writer.seal(head("", 1, final=count == 3, items=count))
        writer.seal(head("", 2, items=9))
    assert [h.snapshot.items for h in place.open().heads(STREAM)] == [3, 9]
    assert len(place.files("snapshots")) == 2


def test_equal_bytes_are_stored_once(place: Place) -> None:
    vault = place.create()
    with vault.writer(STREAM, "me") as writer:
        data = random.Random(1).randbytes(200_000)
        first = writer.add(data)
        writer.flush()
        grown = writer.bytes_stored
        assert writer.add(data) == first
        writer.flush()
        assert writer.bytes_stored == grown


def test_an_empty_item(place: Place) -> None:
    vault = place.create()
    with vault.writer(STREAM, "me") as writer:
        body = writer.add(b"")
        assert writer.add_pieces([]) == body
        writer.flush()
    assert vault.read(body) == b""


def test_the_recovery_key_opens_however_it_is_typed(place: Place) -> None:
    vault = place.create()
    typed = place.recovery.lower().replace("-", " ").replace("o", "0").replace("b", "8")
    assert vault.is_recovery_key(typed)
    assert Vault.open(LocalStore(place.folder), typed, place.clock).id == vault.id
    wrong = ("A" if place.recovery[0] != "A" else "B") + place.recovery[1:]
    assert not vault.is_recovery_key(wrong)
    assert not vault.is_recovery_key("x")
    foreign = to_text(bytes(32))
    for text, reason in ((wrong, "mistyped-key"), (foreign, "foreign-key")):
        with pytest.raises(WrongPassphrase) as opening:
            Vault.open(LocalStore(place.folder), text, place.clock)
        with pytest.raises(WrongPassphrase) as proving:
            vault.require_recovery_key(text)
        assert opening.value.facts["reason"] == proving.value.facts["reason"] == reason
    with pytest.raises(WrongPassphrase) as proving:
        vault.require_recovery_key("x")
    assert proving.value.facts["reason"] == "no-recovery-key"


def test_a_wrong_passphrase_is_refused(place: Place) -> None:
    place.create()
    for wrong in ("", "x", PASSPHRASE + " ", PASSPHRASE.upper()):
        with pytest.raises(WrongPassphrase):
            Vault.open(LocalStore(place.folder), wrong, place.clock)


def test_an_empty_passphrase_is_refused(place: Place) -> None:
    with pytest.raises(Misconfigured):
        Vault.create(LocalStore(place.folder), "", place.clock)
    vault = place.create()
    with pytest.raises(Misconfigured):
        vault.add_passphrase("", "empty")
    with pytest.raises(Misconfigured):
        vault.change_passphrase(PASSPHRASE, "")


def test_composed_and_decomposed_letters_are_one_passphrase(place: Place) -> None:
    Vault.create(LocalStore(place.folder), "u\u0308ber", place.clock)
    Vault.open(LocalStore(place.folder), "\u00fcber", place.clock)


def test_slots_come_and_go_but_the_last_stays(place: Place) -> None:
    vault = place.create()
    second = vault.add_passphrase("second", "Office")
    extra, text = vault.add_recovery("Safe")
    assert {slot.kind for slot in vault.slots()} == {"passphrase", "recovery"}
    assert second in vault.slots()
    assert Vault.open(LocalStore(place.folder), "second", place.clock).id == vault.id
    assert Vault.open(LocalStore(place.folder), text, place.clock).id == vault.id
    for slot in vault.slots():
        if slot != extra:
            vault.remove_slot(slot.id)
    with pytest.raises(Misconfigured):
        vault.remove_slot(extra.id)
    with pytest.raises(Misconfigured):
        vault.remove_slot("0" * 16)
    with pytest.raises(WrongPassphrase):
        place.open()
    assert b"Office" not in b"".join(path.read_bytes() for path in place.files(""))


def test_a_changed_passphrase_opens_and_the_old_one_does_not(place: Place) -> None:
    vault = place.create()
    with vault.writer(STREAM, "me") as writer:
        body = writer.add(letter(1))
        writer.flush()
    with pytest.raises(WrongPassphrase):
        vault.change_passphrase("not it", "new")
    vault.change_passphrase(PASSPHRASE, "new")
    with pytest.raises(WrongPassphrase):
        place.open()
    assert Vault.open(LocalStore(place.folder), "new", place.clock).read(body) == letter(1)
    assert vault.is_recovery_key(place.recovery)


def test_the_places_that_are_no_vault(place: Place) -> None:
    with pytest.raises(VaultMissing):
        place.open()
    place.folder.mkdir()
    with pytest.raises(VaultMissing):
        place.open()
    place.create()
    with pytest.raises(VaultExists):
        place.create()


def test_a_newer_format_is_refused_by_name(place: Place) -> None:
    place.create()
    config = place.folder / "vault.json"
    text = config.read_text()
    config.write_text(text.replace('"mail-seams"', '"mail-seams","time-travel"'))
    with pytest.raises(VaultTooNew) as fault:
        place.open()
    assert fault.value.facts == {"features": "time-travel"}
    config.write_text(text.replace('"format":1', '"format":2'))
    with pytest.raises(VaultTooNew):
        place.open()


def test_subkeys_are_the_same_on_every_machine(place: Place) -> None:
    vault = place.create()
    assert vault.subkey("catalog") == place.open().subkey("catalog")
    assert vault.subkey("catalog") != vault.subkey("secrets")
    assert len(vault.subkey("catalog")) == 32


def test_figures(place: Place) -> None:
    vault = place.create()
    with vault.writer(STREAM, "me") as writer:
        root = writer.apply("", store_letters(writer, range(10)))
        writer.seal(head(root, items=10))
    stats = vault.stats()
    assert (stats.items, stats.snapshots, stats.originals) == (10, 1, 1000)
    assert stats.files == len(place.files(""))
    assert stats.stored == sum(path.stat().st_size for path in place.files(""))


def test_a_creation_that_was_cut_short_does_not_stand_in_the_way(place: Place) -> None:
    place.create()
    (place.folder / "vault.json").unlink()
    with pytest.raises(VaultMissing):
        place.open()
    vault = place.create()
    assert place.open().id == vault.id
    assert len(vault.slots()) == 2
    with pytest.raises(WrongPassphrase):
        Vault.open(LocalStore(place.folder), "wrong", place.clock)
