"""A mirror is a whole vault of its own, at any moment and after any accident."""

import contextlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from saasbackup_desktop.core.errors import Misconfigured, VaultBusy, VaultFault, VaultFull, VaultImmutable, VaultMissing
from saasbackup_desktop.core.ports import BlobStore, ObjectLock
from saasbackup_desktop.core.retention import Keep
from saasbackup_desktop.vault.access import limited
from saasbackup_desktop.vault.retention.removed import note_removed
from saasbackup_desktop.vault.sharing.mirror import Result, mirror
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.vault import Vault
from tests.faulty_store import faulty
from tests.servers.buckets import S3Server
from tests.unit.vault.conftest import CHEAP, PASSPHRASE, STREAM, Place, head, letter, store_letters
from tests.unit.vault.writing import ShiftedClock

STAYS = ("leases/", "trash/", "removed/")


def fill(vault: Vault, turns: int = 3) -> None:
    """Back up a few times; each adds letters."""
    for turn in range(turns):
        with vault.writer(STREAM, "test") as writer:
            last = vault.last_head(STREAM)
            root = writer.apply(last.root if last else "", store_letters(writer, range(turn * 10, turn * 10 + 10)))
            writer.seal(head(root, 100 * len(vault.heads(STREAM)) + turn + 1, items=turn * 10 + 10))


def run(source: BlobStore, target: BlobStore, vault: Vault, stop: Callable[[], bool] = lambda: False) -> Result:
    return mirror(source, target, vault._keys, lambda done, known: None, stop)


def damages(vault: Vault) -> list[str]:
    found = vault.check(100, lambda done, total: None, lambda: False)
    return [f"{one.code} {one.file}" for one in found if not one.is_harmless]


def listed(store: BlobStore) -> list[str]:
    return [name for name in store.list() if not name.startswith(STAYS)]


@pytest.fixture
def copy(tmp_path: Path) -> Place:
    return Place(tmp_path / "mirror")


def require_same(place: Place, copy: Place) -> None:
    source, target = LocalStore(place.folder), LocalStore(copy.folder)
    assert listed(source) == listed(target)
    for name in listed(source):
        assert source.get(name) == target.get(name)
    ours, theirs = place.open(), copy.open()
    assert theirs.id == ours.id
    assert theirs.heads(STREAM) == ours.heads(STREAM)
    assert damages(theirs) == []


def test_a_mirror_is_the_same_vault(place: Place, copy: Place) -> None:
    vault = place.create()
    fill(vault)
    told: list[tuple[int, int]] = []
    result = mirror(
        LocalStore(place.folder),
        LocalStore(copy.folder),
        vault._keys,
        lambda done, known: told.append((done, known)),
        lambda: False,
    )
    names = listed(LocalStore(place.folder))
    assert result == Result(
        copied=len(names),
        bytes=sum((place.folder / name).stat().st_size for name in names),
        skipped=0,
        left=0,
        removed=0,
        failed=(),
        is_finished=True,
    )
    assert result.is_whole
    assert told[-1] == (len(names), len(names))
    require_same(place, copy)
    again = run(LocalStore(place.folder), LocalStore(copy.folder), vault)
    assert (again.copied, again.skipped, again.bytes, again.is_whole) == (0, len(names), 0, True)
    for item in (node for node in copy.open().nodes(vault.heads(STREAM)[-1].root) if hasattr(node, "body")):
        assert copy.open().read(item.body) == letter(int(item.id[-8:], 16))


def test_it_can_be_written_and_mirrored_back(place: Place, copy: Place) -> None:
    vault = place.create()
    fill(vault)
    run(LocalStore(place.folder), LocalStore(copy.folder), vault)
    there = copy.open()
    fill(there, 4)
    assert run(LocalStore(copy.folder), LocalStore(place.folder), there).is_whole
    assert place.open().heads(STREAM) == there.heads(STREAM)
    assert damages(place.open()) == damages(there) == []


def test_neither_leases_nor_trash_nor_strangers_are_copied(place: Place, copy: Place) -> None:
    vault = place.create()
    fill(vault)
    (place.folder / "notes.txt").write_text("mine")
    LocalStore(place.folder).put(f"trash/{'a' * 32}", b"")
    with vault.writer(STREAM, "other"):
        assert run(LocalStore(place.folder), LocalStore(copy.folder), vault).is_whole
    assert not (copy.folder / "notes.txt").exists()
    assert not copy.files("leases")
    assert not copy.files("trash")


@pytest.mark.parametrize("turn", range(1, 60, 3))
def test_cut_off_anywhere_it_goes_on(place: Place, copy: Place, turn: int) -> None:
    vault = place.create()
    fill(vault, 2)
    target = faulty(LocalStore(copy.folder))
    getattr(target, "fail_before" if turn % 2 else "fail_after")(turn, error=VaultFull("full", location="here"))
    try:
        run(LocalStore(place.folder), target, vault)
    except VaultFull:
        if (copy.folder / "vault.json").exists():
            assert damages(copy.open()) == []
    target.mend()
    assert run(LocalStore(place.folder), target, vault).is_whole
    require_same(place, copy)


@pytest.mark.parametrize("turn", range(0, 40, 5))
def test_it_is_a_whole_vault_at_every_moment(place: Place, copy: Place, turn: int) -> None:
    """While an older mirror is brought up to date, it opens and is whole after each file."""
    vault = place.create()
    fill(vault, 1)
    run(LocalStore(place.folder), LocalStore(copy.folder), vault)
    fill(vault, 3)
    calls = iter(range(1000))
    result = run(LocalStore(place.folder), LocalStore(copy.folder), vault, lambda: next(calls) >= turn)
    assert damages(copy.open()) == []
    assert result.is_whole == result.is_finished
    assert run(LocalStore(place.folder), LocalStore(copy.folder), vault).is_whole
    require_same(place, copy)


def test_what_comes_and_goes_meanwhile(place: Place, copy: Place) -> None:
    vault = place.create()
    fill(vault, 3)
    source = faulty(LocalStore(place.folder))
    # After the heads were listed another backup is made, which merges index segments.
    source.after(2, lambda _operation, _name: fill(place.open(), 4), "list")
    assert run(source, LocalStore(copy.folder), vault).is_whole
    require_same(place, copy)
    assert len(copy.open().heads(STREAM)) == 7


def test_a_pack_that_is_written_anew_meanwhile(place: Place, copy: Place) -> None:
    """As a prune does: what was worth keeping goes to another pack, then the old one is removed."""
    vault = place.create()
    fill(vault, 2)
    source = faulty(LocalStore(place.folder))
    moved: list[str] = []

    def move(_operation: str, name: str) -> None:
        if moved or not name.startswith("packs/"):
            return
        moved.append(name)
        other = Place(place.folder.parent / "other")
        shutil.copytree(place.folder, other.folder)
        for folder in ("packs", "index"):
            for file in place.files(folder):
                file.unlink()
        fill(place.open(), 0)
        shutil.copytree(other.folder, place.folder, dirs_exist_ok=True)

    source.before(1, move, "get", "packs", times=1)
    assert run(source, LocalStore(copy.folder), vault).is_whole
    require_same(place, copy)


def test_what_was_removed_on_purpose_stays_and_the_mirror_stays_sound(place: Place, copy: Place) -> None:
    vault = place.create()
    fill(vault, 3)
    run(LocalStore(place.folder), LocalStore(copy.folder), vault)
    fill(vault, 1)
    name = place.files("snapshots")[1].relative_to(place.folder).as_posix()
    note_removed(LocalStore(place.folder), vault._keys, [(name, "")])
    (place.folder / name).unlink()
    assert damages(place.open()) == []
    result = run(LocalStore(place.folder), LocalStore(copy.folder), vault)
    assert result.is_whole
    assert result.left >= 1
    assert damages(copy.open()) == []
    assert len(copy.open().heads(STREAM)) == 4
    fresh = Place(copy.folder.with_name("fresh"))
    assert run(LocalStore(place.folder), LocalStore(fresh.folder), vault).is_whole
    assert damages(fresh.open()) == []
    assert len(fresh.open().heads(STREAM)) == 3


def test_limited_vaults_are_copied_too(place: Place, copy: Place) -> None:
    vault = place.create()
    fill(vault, 1)
    inside = Place(place.folder / "limited" / ("a" * 32), recovery="")
    inner, _ = Vault.create(LocalStore(inside.folder), "another passphrase", place.clock, argon2=CHEAP)
    fill(inner, 2)
    assert run(LocalStore(place.folder), LocalStore(copy.folder), vault).is_whole
    again = Vault.open(LocalStore(copy.folder / "limited" / ("a" * 32)), "another passphrase", place.clock)
    assert again.heads(STREAM) == inner.heads(STREAM)
    assert damages(again) == damages(copy.open()) == []


@pytest.mark.parametrize("server", ["moto", "rclone", "ceph"])
def test_from_a_folder_to_a_bucket_and_back(
    request: pytest.FixtureRequest, place: Place, copy: Place, server: str
) -> None:
    vault = place.create()
    fill(vault, 3)
    spot: S3Server = request.getfixturevalue(server)
    bucket = spot.store(spot.bucket(prefix="deep"), place.clock)
    assert run(LocalStore(place.folder), bucket, vault).is_whole
    there = Vault.open(bucket, PASSPHRASE, place.clock)
    assert there.heads(STREAM) == vault.heads(STREAM)
    assert damages(there) == []
    again = run(LocalStore(place.folder), bucket, vault)
    assert (again.copied, again.left) == (0, 0)
    assert run(bucket, LocalStore(copy.folder), there).is_whole
    require_same(place, copy)
    bucket.close()


def test_a_lock_is_kept_at_the_other_place_too(ceph: S3Server, place: Place) -> None:
    clock = ShiftedClock()
    lock = ObjectLock("governance", 1)
    source, target = (ceph.store(ceph.bucket(locks=True), clock, lock=one) for one in (lock, None))
    vault, _ = Vault.create(source, PASSPHRASE, clock, argon2=CHEAP)
    fill(vault, 1)
    assert vault.mirror(target, "test", nothing, lambda: False).is_whole
    (pack,) = target.list("packs")
    with pytest.raises(VaultImmutable):
        target.delete(pack)
    assert damages(Vault.open(target, PASSPHRASE, clock)) == []
    for store in (source, target):
        store.close()


# --- what was removed at the source ------------------------------------------------------------------------------


def nothing(_done: int, _known: int) -> None:
    """Progress that nobody looks at."""


def follow(vault: Vault, target: BlobStore) -> Result:
    return vault.mirror(target, "test", nothing, lambda: False, delete=True)


def pruned(place: Place) -> Vault:
    """A vault of which points in time, packs, index segments and a key slot were removed on purpose."""
    vault = place.create()
    fill(vault, 6)
    extra = vault.add_passphrase("another one")
    return_to = LocalStore(place.folder.with_name("before"))
    vault.mirror(return_to, "test", nothing, lambda: False)
    vault.remove_slot(extra.id)
    vault.housekeeping.set_policy(None, Keep(last=1))
    vault.housekeeping.prune("test", 0, "test", nothing, lambda: False)
    assert len(vault.heads(STREAM)) == 1
    return vault


def test_what_was_removed_on_purpose_is_removed_if_that_is_wanted(place: Place) -> None:
    vault = pruned(place)
    before = Place(place.folder.with_name("before"))
    kept = vault.mirror(LocalStore(before.folder), "test", nothing, lambda: False)
    assert kept.is_whole
    assert kept.left > 5
    assert len(before.open().heads(STREAM)) == 6
    assert damages(before.open()) == []
    result = follow(vault, LocalStore(before.folder))
    assert result.is_whole
    assert (result.removed, result.left) == (kept.left, 0)
    require_same(place, before)
    assert len(before.open().heads(STREAM)) == 1


@pytest.mark.parametrize("turn", range(1, 24, 3))
def test_removal_that_is_cut_off_goes_on(place: Place, turn: int) -> None:
    vault = pruned(place)
    before = Place(place.folder.with_name("before"))
    target = faulty(LocalStore(before.folder))
    target.fail_before(turn, "delete", error=VaultFull("full", location="here"))
    with contextlib.suppress(VaultFull):
        follow(vault, target)
    assert before.open().heads(STREAM)[-1] == vault.heads(STREAM)[-1]
    target.mend()
    assert follow(vault, target).is_whole
    require_same(place, before)


def test_what_the_source_lost_is_not_removed(place: Place, copy: Place) -> None:
    vault = place.create()
    fill(vault, 3)
    follow(vault, LocalStore(copy.folder))
    lost = [place.files(folder)[-1] for folder in ("packs", "meta", "snapshots")]
    for file in lost:
        file.unlink()
    result = follow(place.open(), LocalStore(copy.folder))
    assert result.removed == 0
    assert result.left == 3
    assert damages(copy.open()) == []
    assert len(copy.open().heads(STREAM)) == 3


def test_a_mirror_that_went_its_own_way_is_left_alone(place: Place, copy: Place) -> None:
    vault = pruned(place)
    before = Place(place.folder.with_name("before"))
    fill(before.open(), 1)
    result = follow(vault, LocalStore(before.folder))
    assert [why for _name, why in result.failed] == ["own"]
    assert result.removed == 0
    assert len(before.open().heads(STREAM)) == 7
    assert damages(before.open()) == []


def test_nothing_is_removed_while_somebody_works_there(place: Place) -> None:
    vault = pruned(place)
    before = Place(place.folder.with_name("before"))
    with before.open().writer(STREAM, "ada"), pytest.raises(VaultBusy) as fault:
        follow(vault, LocalStore(before.folder))
    assert fault.value.facts["owner"] == "ada"
    assert len(before.open().heads(STREAM)) == 6


def test_checkpoints_that_were_followed_are_removed(place: Place, copy: Place) -> None:
    vault = place.create()
    with vault.writer(STREAM, "test") as writer:
        root = writer.apply("", store_letters(writer, range(5)))
        writer.seal(head(root, 1, final=False, items=5))
        follow(vault, LocalStore(copy.folder))
        writer.seal(head(root, 1, items=5))
    result = follow(vault, LocalStore(copy.folder))
    assert result.is_whole
    assert result.removed >= 1
    require_same(place, copy)


def test_an_erased_limited_vault_is_erased_there_too(place: Place, copy: Place) -> None:
    vault = place.create()
    fill(vault, 1)
    inside = Place(place.folder / "limited" / ("a" * 32))
    fill(Vault.create(LocalStore(inside.folder), "another passphrase", place.clock, argon2=CHEAP)[0], 1)
    follow(vault, LocalStore(copy.folder))
    limited.erase(LocalStore(place.folder), vault._keys, "a" * 32, nothing)
    assert follow(vault, LocalStore(copy.folder)).is_whole
    require_same(place, copy)
    assert not copy.files("limited")


# --- what is wrong -----------------------------------------------------------------------------------------------


def test_damage_is_not_copied_but_mended(place: Place, copy: Place) -> None:
    vault = place.create()
    fill(vault, 3)
    run(LocalStore(place.folder), LocalStore(copy.folder), vault)
    fresh = Place(copy.folder.with_name("fresh"))
    bad = [place.files(folder)[0] for folder in ("packs", "meta", "index", "snapshots", "keys")]
    kept = {file: file.read_bytes() for file in bad}
    for file in bad:
        file.write_bytes(file.read_bytes()[:-1] + b"!")
    names = sorted(file.relative_to(place.folder).as_posix() for file in bad)
    result = run(LocalStore(place.folder), LocalStore(fresh.folder), vault)
    assert [name for name, _why in result.failed] == names
    assert {why for _name, why in result.failed} == {"altered"}
    assert not result.is_whole
    # What lies at the older mirror is good, and stays so.
    result = run(LocalStore(place.folder), LocalStore(copy.folder), vault)
    assert {name.split("/")[0] for name, _why in result.failed} == {"snapshots", "keys"}
    assert damages(copy.open()) == []
    # And the other way round: a mirror that was damaged is mended.
    for file, data in kept.items():
        file.write_bytes(data)
    for file in bad:
        there = copy.folder / file.relative_to(place.folder)
        there.write_bytes(b"short")
    result = run(LocalStore(place.folder), LocalStore(copy.folder), vault)
    assert result.is_whole
    assert result.copied == len(bad)
    require_same(place, copy)


@pytest.mark.parametrize("operation", ["get", "put"])
def test_a_file_that_fails_alone_does_not_stop_the_others(place: Place, copy: Place, operation: str) -> None:
    vault = place.create()
    fill(vault, 2)
    source, target = faulty(LocalStore(place.folder)), faulty(LocalStore(copy.folder))
    (source if operation == "get" else target).fail_before(1, operation, "packs", error=VaultFault("bad sector"))
    result = run(source, target, vault)
    assert [why for _name, why in result.failed] == ["unreadable"]
    assert not result.is_whole
    assert result.is_finished
    assert run(source, target, vault).is_whole
    require_same(place, copy)


def test_a_short_read_is_not_copied(place: Place, copy: Place) -> None:
    vault = place.create()
    fill(vault, 2)
    source = faulty(LocalStore(place.folder))
    source.cut(1, "packs", size=50)
    result = run(source, LocalStore(copy.folder), vault)
    assert [why for _name, why in result.failed] == ["cut"]
    assert run(source, LocalStore(copy.folder), vault).is_whole
    require_same(place, copy)


def test_a_lost_answer(place: Place, copy: Place) -> None:
    vault = place.create()
    fill(vault, 2)
    target = faulty(LocalStore(copy.folder))
    target.fail_after(3, "put", error=FileExistsError("there"))  # the first answer was lost, and it was tried again
    assert run(LocalStore(place.folder), target, vault).is_whole
    require_same(place, copy)


@pytest.mark.parametrize("leaves_folder", [True, False])
@pytest.mark.parametrize("turn", [2, 3, 5, 6])
def test_a_source_that_goes_away(place: Place, copy: Place, turn: int, leaves_folder: bool) -> None:
    """A disk is unplugged between two looks; what is left may be an empty folder, on which it was mounted."""
    vault = place.create()
    fill(vault, 2)
    source = faulty(LocalStore(place.folder))

    def unplug(_operation: str, _name: str) -> None:
        place.folder.rename(place.folder.with_name("unplugged"))
        if leaves_folder:
            place.folder.mkdir()

    source.before(turn, unplug, "list")
    with pytest.raises((VaultMissing, FileNotFoundError)):
        run(source, LocalStore(copy.folder), vault)


def test_a_target_that_forgets(place: Place, copy: Place) -> None:
    vault = place.create()
    fill(vault, 2)
    target = faulty(LocalStore(copy.folder))
    target.after(1, lambda _operation, name: target.inside.delete(name), "put", "packs")
    result = run(LocalStore(place.folder), target, vault)
    assert [why for _name, why in result.failed] == ["missing"]


def test_places_that_are_refused(place: Place, copy: Place, tmp_path: Path) -> None:
    vault = place.create()
    fill(vault, 1)
    source = LocalStore(place.folder)
    other = Place(tmp_path / "other")
    other.create()
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "letter.txt").write_text("mine")
    half = LocalStore(tmp_path / "half")
    half.put(other.files("keys")[0].relative_to(other.folder).as_posix(), other.files("keys")[0].read_bytes())
    for folder, what in (
        (other.folder, "mirror-other"),
        (tmp_path / "documents", "mirror-other"),
        (tmp_path / "half", "mirror-other"),
        (place.folder, "mirror-of-itself"),
        (place.folder / "inside", "mirror-of-itself"),
        (place.folder.parent, "mirror-of-itself"),
    ):
        before = sorted(folder.rglob("*")) if folder.exists() else []
        with pytest.raises(Misconfigured) as fault:
            run(source, LocalStore(folder), vault)
        assert fault.value.facts["what"] == what
        assert before == (sorted(folder.rglob("*")) if folder.exists() else [])
    with pytest.raises(VaultMissing):
        run(LocalStore(tmp_path / "nowhere"), LocalStore(copy.folder), vault)


def test_the_vault_itself_by_another_name(place: Place, tmp_path: Path) -> None:
    vault = place.create()
    fill(vault, 1)
    (tmp_path / "link").symlink_to(place.folder, target_is_directory=True)
    (tmp_path / "home").mkdir()
    name = place.folder.name
    parent = place.folder.parent
    before = sorted(parent.rglob("*"))
    for folder in (
        parent / ".." / parent.name / name,
        parent / ".." / parent.name / name / "deep",
        parent / "home" / ".." / name,
        tmp_path / "link",
        tmp_path / "link" / "inner",
    ):
        for source, target in ((place.folder, folder), (folder, place.folder)):
            if not (source / "vault.json").is_file():
                continue
            with pytest.raises(Misconfigured) as fault:
                run(LocalStore(source), LocalStore(target), vault)
            assert fault.value.facts["what"] == "mirror-of-itself"
    assert sorted(parent.rglob("*")) == before
    assert run(LocalStore(tmp_path / "link"), LocalStore(parent / f"{name}-copy"), vault).is_whole


def test_what_was_damaged_at_the_copy_is_found_and_mended_if_asked_for(place: Place, copy: Place) -> None:
    vault = place.create()
    fill(vault, 2)
    source, target = LocalStore(place.folder), LocalStore(copy.folder)
    assert run(source, target, vault).is_whole
    pack = copy.files("packs")[0]
    good = pack.read_bytes()
    pack.chmod(0o600)
    pack.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    assert run(source, target, vault).copied == 0
    result = vault.mirror(target, "test", nothing, lambda: False, verify=True)
    assert (result.copied, result.is_whole) == (1, True)
    assert pack.read_bytes() == good
    require_same(place, copy)
    # Of two damaged files neither is copied over the other.
    for folder in (place.folder, copy.folder):
        file = folder / pack.relative_to(copy.folder)
        file.chmod(0o600)
        file.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    result = vault.mirror(target, "test", nothing, lambda: False, verify=True)
    assert [why for _name, why in result.failed] == ["altered"]
    assert pack.exists()


def test_what_cannot_be_read_at_the_copy_is_copied_again(place: Place, copy: Place) -> None:
    vault = place.create()
    fill(vault, 2)
    target = faulty(LocalStore(copy.folder))
    assert run(LocalStore(place.folder), target, vault).is_whole
    target.fail_before(1, "get", "packs", error=VaultFault("bad sector"))
    result = vault.mirror(target, "test", nothing, lambda: False, verify=True)
    assert (result.copied, result.is_whole) == (1, True)
    require_same(place, copy)


def test_memory_stays_bounded(place: Place, copy: Place) -> None:
    """No more files are under way at once than there are threads."""
    vault = place.create()
    fill(vault, 3)
    under_way: list[str] = []
    most: list[int] = []
    source, target = faulty(LocalStore(place.folder)), faulty(LocalStore(copy.folder))

    def begin(_operation: str, name: str) -> None:
        under_way.append(name)
        most.append(len(under_way))

    source.before(1, begin, "get", "packs", times=1000)
    target.after(1, lambda _operation, name: under_way.remove(name), "put", "packs", times=1000)
    assert run(source, target, vault).is_whole
    assert max(most) <= 4
