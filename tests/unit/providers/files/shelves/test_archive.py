"""Exports as ZIP archives. They are read by Python's own module, by pyzipper, and by ``unzip`` where there is one."""

import contextlib
import hashlib
import json
import os
import random
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
import pyzipper

from saasbackup_desktop.core.export.ports import LastingShelf
from saasbackup_desktop.core.export.values import USUAL_PART
from saasbackup_desktop.providers.files.eml import EmlWriter
from saasbackup_desktop.providers.files.shelves import volumes
from saasbackup_desktop.providers.files.shelves.archive import ZipShelf
from saasbackup_desktop.providers.files.shelves.draft import discard
from tests.unit.providers.files.entries import damaged, entry

_PASSWORDS = (None, "caf\u00e9 \U0001f511")


def begun(place: Path, *, part_size: int | None = USUAL_PART, password: str | None = None) -> ZipShelf:
    return ZipShelf(place, "Export", key="one", about={"made": "today"}, part_size=part_size, password=password)


def read(path: Path, password: str | None = None) -> dict[str, bytes]:
    """What lies in an archive, its own files left out after a look at them."""
    with pyzipper.AESZipFile(path) as opened:
        if password is not None:
            opened.setpassword(password.encode())
        assert opened.testzip() is None
        found = {name: opened.read(name) for name in opened.namelist()}
        assert len(found) == len(opened.namelist())
    said = json.loads(found.pop("manifest.json"))
    sums = dict(line.split("  ", 1)[::-1] for line in found.pop("SHA256SUMS").decode().splitlines())
    sums.pop("manifest.json")
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in found.items()}
    assert sums == digests == {one["name"]: one["sha256"] for one in said["files"]}
    assert [len(found[one["name"]]) for one in said["files"]] == [one["size"] for one in said["files"]]
    if password is None:
        with zipfile.ZipFile(path) as plain:
            assert plain.testzip() is None
        if shutil.which("unzip"):
            subprocess.run(["unzip", "-tqq", path], check=True, capture_output=True)
    return found


@pytest.mark.parametrize("password", _PASSWORDS)
def test_messages_come_out_as_they_went_in(tmp_path: Path, password: str | None) -> None:
    shelf: LastingShelf = begun(tmp_path, password=password)
    writer = EmlWriter(shelf)
    bodies = [b"", b"x", b"Subject: \xfc\r\n\r\n" + b"hello " * 5000, random.Random(1).randbytes(300_000)]
    for number, body in enumerate(bodies):
        writer.add(entry(body, name=f"\u65e5\u672c {number}", piece=777))
    assert not list(tmp_path.glob("*.zip"))
    (path,) = shelf.publish()
    assert path == tmp_path / "Export.zip"
    found = read(path, password)
    assert found == {f"Inbox/2023-11-14 22.13.20 \u65e5\u672c {number}.eml": body for number, body in enumerate(bodies)}
    assert [child.name for child in tmp_path.iterdir()] == ["Export.zip"]
    with zipfile.ZipFile(path) as opened:
        assert opened.infolist()[0].date_time == (2023, 11, 14, 22, 13, 20)


def test_a_wrong_password_opens_nothing(tmp_path: Path) -> None:
    shelf = begun(tmp_path, password="right")
    EmlWriter(shelf).add(entry(b"secret " * 10))
    (path,) = shelf.publish()
    assert b"secret" not in path.read_bytes()
    with pytest.raises(RuntimeError):
        read(path, "wrong")


def test_every_lock_has_a_salt_of_its_own(tmp_path: Path) -> None:
    shelf = begun(tmp_path, password="right")
    for _ in range(2):
        EmlWriter(shelf).add(entry(bytes(1000)))
    (path,) = shelf.publish()
    with zipfile.ZipFile(path) as opened:
        first, second = opened.infolist()[:2]
        data = path.read_bytes()
    stored = [
        data[one.header_offset + 30 + len(one.filename) + 9 + 11 :][: one.compress_size] for one in (first, second)
    ]
    assert stored[0] != stored[1]


@pytest.mark.parametrize("password", _PASSWORDS)
def test_parts_end_before_they_are_too_large(tmp_path: Path, password: str | None) -> None:
    dice = random.Random(2)
    bodies = {f"{number}": dice.randbytes(dice.randrange(9000)) for number in range(60)}
    shelf = begun(tmp_path, part_size=50_000, password=password)
    writer = EmlWriter(shelf)
    for name, body in bodies.items():
        writer.add(entry(body, name=name))
    paths = shelf.publish()
    assert [path.name for path in paths][:2] == ["Export.zip", "Export (2).zip"]
    assert len(paths) >= 5
    assert all(path.stat().st_size <= 50_000 for path in paths)
    found = {name: body for path in paths for name, body in read(path, password).items()}
    assert sorted(found.values()) == sorted(bodies.values())


@pytest.mark.parametrize("password", _PASSWORDS)
def test_a_large_file_moves_into_the_next_part(
    tmp_path: Path, password: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(volumes, "_SMALL", 5_000)
    dice = random.Random(3)
    bodies = [dice.randbytes(size) for size in (20_000, 45_000, 4_500, 80_000, 100, 7_000)]
    shelf = begun(tmp_path, part_size=50_000, password=password)
    for number, body in enumerate(bodies):
        EmlWriter(shelf).add(entry(body, name=f"{number}", piece=4_000))
    paths = shelf.publish()
    found = [list(read(path, password).values()) for path in paths]
    assert found == [bodies[:1], bodies[1:2], bodies[2:3], bodies[3:4], bodies[4:]]


@pytest.mark.parametrize("small", [5_000, 5_000_000])
def test_what_cannot_be_read_leaves_nothing(tmp_path: Path, small: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(volumes, "_SMALL", small)
    shelf = begun(tmp_path, part_size=50_000)
    writer = EmlWriter(shelf)
    first, second = random.Random(4).randbytes(20_000), random.Random(5).randbytes(45_000)
    writer.add(entry(first, name="1"))
    for begin in (first, second):
        with pytest.raises(Exception, match="damaged"):
            writer.add(damaged(begin))
    writer.add(entry(b"good", name="2"))
    paths = shelf.publish()
    assert [body for path in paths for body in read(path).values()] == [first, b"good"]


@pytest.mark.parametrize("password", _PASSWORDS)
def test_it_goes_on_inside_an_archive(tmp_path: Path, password: str | None) -> None:
    dice = random.Random(6)
    bodies = {f"{number}": dice.randbytes(dice.randrange(9000)) for number in range(40)}
    since = None
    names = list(bodies)
    done = 0
    while done < len(names):
        shelf = ZipShelf(tmp_path, "Export", key="one", since=since, part_size=50_000, password=password)
        writer = EmlWriter(shelf)
        for name in names[done : done + 7]:
            writer.add(entry(bodies[name], name=name))
        since = json.loads(json.dumps(shelf.seal().since))
        done += 7
        for name in names[done : done + 5]:
            writer.add(entry(bodies[name], name=name))
        shelf.close()
    shelf = ZipShelf(tmp_path, "Export", key="one", since=since, part_size=50_000, password=password)
    paths = shelf.publish()
    found = {name: body for path in paths for name, body in read(path, password).items()}
    assert sorted(found.values()) == sorted(bodies.values())
    assert len(found) == len(bodies)


@pytest.mark.parametrize("password", _PASSWORDS)
def test_a_growing_file_goes_on_inside_an_archive(tmp_path: Path, password: str | None) -> None:
    dice = random.Random(7)
    pieces = [dice.randbytes(1 + dice.randrange(50)) * dice.randrange(400) for _ in range(30)]
    shelf = begun(tmp_path, password=password)
    EmlWriter(shelf).add(entry(b"first"))
    for piece in pieces:
        with shelf.growing(("Inbox",), "Inbox", ".mbox") as file:
            file.write(piece)
            since = json.loads(json.dumps(shelf.seal().since))
            file.write(b"lost")
            shelf.close()
        shelf = ZipShelf(tmp_path, "Export", key="one", since=since, password=password)
    EmlWriter(shelf).add(entry(b"last"))
    (path,) = shelf.publish()
    assert list(read(path, password).values()) == [b"first", b"".join(pieces), b"last"]


def test_a_growing_file_asks_to_end_when_the_part_is_full(tmp_path: Path) -> None:
    shelf = begun(tmp_path, part_size=3_000_000)  # what deflates holds 0.13 MB back, of a part of any size
    dice = random.Random(8)
    written = 0
    while written < 9_000_000:
        with shelf.growing(("Inbox",), "Inbox", ".mbox") as file:
            while not shelf.full:
                written += file.write(dice.randbytes(10_000))
    paths = shelf.publish()
    assert all(path.stat().st_size <= 3_000_000 for path in paths)
    found = {name: body for path in paths for name, body in read(path).items()}
    assert list(found)[:2] == ["Inbox/Inbox.mbox", "Inbox/Inbox (2).mbox"]
    assert sum(map(len, found.values())) == written


def test_without_a_size_an_archive_ends_when_it_is_sealed(tmp_path: Path) -> None:
    shelf = begun(tmp_path, part_size=None)
    EmlWriter(shelf).add(entry(b"one"))
    (made,) = shelf.seal().files
    lies = shelf.root / made.name
    assert (made.size, made.sha256) == (lies.stat().st_size, hashlib.sha256(lies.read_bytes()).hexdigest())
    EmlWriter(shelf).add(entry(b"two"))
    first, second = shelf.publish()
    assert list(read(first).values()) == [b"one"]
    assert list(read(second).values()) == [b"two"]


def test_an_empty_export_is_an_archive_with_a_manifest(tmp_path: Path) -> None:
    (path,) = begun(tmp_path).publish()
    assert read(path) == {}


def test_archives_of_somebody_else_are_left_alone(tmp_path: Path) -> None:
    shelf = begun(tmp_path)
    since = shelf.seal().since
    (tmp_path / "Export.zip").write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        shelf.publish()
    assert (tmp_path / "Export.zip").read_bytes() == b"mine"
    shelf.close()
    with pytest.raises(FileExistsError):
        begun(tmp_path)
    (tmp_path / "Export.zip").unlink()
    (path,) = ZipShelf(tmp_path, "Export", key="one", since=since).publish()
    assert read(path) == {}


def test_appearing_can_be_cut_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = 0
    limit = 1
    for what in ("rename", "unlink", "rmdir"):
        real = getattr(Path, what)

        def counted(self: Path, *given: object, real: object = real, **named: object) -> object:
            nonlocal calls
            if self.name.startswith("Export") or self.parent.name.startswith("Export"):
                calls += 1
                if calls >= limit:
                    raise KeyboardInterrupt
            return real(self, *given, **named)  # type: ignore[operator]

        monkeypatch.setattr(Path, what, counted)
    paths: tuple[Path, ...] = ()
    while not paths:
        place = tmp_path / f"{limit}"
        calls = -10_000
        shelf = begun(place, part_size=4_000)
        for number in range(12):
            EmlWriter(shelf).add(entry(random.Random(number).randbytes(900), name=f"{number}"))
        since = shelf.seal().since
        calls = 0
        try:
            paths = tuple(shelf.publish())
        except KeyboardInterrupt:
            shelf.close()
            calls = -10_000
            again = ZipShelf(place, "Export", key="one", since=since, part_size=4_000)
            found = [body for path in again.publish() for body in read(path).values()]
            assert len(found) == 12
            assert not (place / "Export.partial").exists()
        limit += 1
    assert limit > 6


def test_its_end_says_all_that_will_appear(tmp_path: Path) -> None:
    shelf = begun(tmp_path)
    EmlWriter(shelf).add(entry(b"x"))
    with shelf.growing((), "All", ".mbox") as file:
        file.write(b"y")
        shelf.seal()
    sealed = shelf.end()
    shelf.close()
    again = ZipShelf(tmp_path, "Export", key="one", since=json.loads(json.dumps(sealed.since)))
    (path,) = again.publish()
    ours = path if path.is_dir() else path.parent
    assert sealed.files
    assert all((ours / made.name).stat().st_size == made.size for made in sealed.files)


def test_what_is_given_up_goes(tmp_path: Path) -> None:
    shelf = begun(tmp_path)
    EmlWriter(shelf).add(entry(b"x"))
    shelf.seal()
    shelf.close()
    discard(tmp_path, "Export", "one")
    assert not list(tmp_path.iterdir())


def test_what_others_put_beside_archives_stays_and_stops_nothing(tmp_path: Path) -> None:
    shelf = begun(tmp_path)
    EmlWriter(shelf).add(entry(b"x"))
    (shelf.root / ".DS_Store").write_bytes(b"seen")
    sealed = shelf.end()
    (path,) = shelf.publish()
    assert list(tmp_path.iterdir()) == [path]
    path.unlink()
    shelf = begun(tmp_path)
    mine = shelf.root / "my notes.txt"
    mine.write_bytes(b"mine")
    sealed = shelf.end()
    (path,) = shelf.publish()
    assert list(mine.parent.iterdir()) == [mine]
    again = ZipShelf(tmp_path, "Export", key="one", since=sealed.since)  # it is known as finished all the same
    assert again.publish() == [path]
    assert mine.read_bytes() == b"mine"


def test_the_last_archive_is_told_also_if_nobody_heard_of_it(tmp_path: Path) -> None:
    shelf = begun(tmp_path)
    EmlWriter(shelf).add(entry(b"x"))
    before = shelf.seal()
    ended = shelf.end()
    shelf.close()
    again = ZipShelf(tmp_path, "Export", key="one", since=before.since)
    assert again.end().files == ended.files != []
    again.close()


def test_an_archive_that_was_cut_is_begun_anew(tmp_path: Path) -> None:
    shelf = begun(tmp_path)
    EmlWriter(shelf).add(entry(b"x"))
    sealed = shelf.seal()
    shelf.close()
    os.truncate(shelf.root / "Export.zip", 10)
    with pytest.raises(FileNotFoundError):
        ZipShelf(tmp_path, "Export", key="one", since=sealed.since)
    begun(tmp_path).publish()
    assert [one.name for one in tmp_path.iterdir()] == ["Export.zip"]


def test_small_and_large_files_lie_in_their_order(tmp_path: Path) -> None:
    shelf = begun(tmp_path)
    bodies = [bytes((number,)) * (5 << 20 if number % 4 == 1 else 50_000) for number in range(9)]
    for number, body in enumerate(bodies):
        with shelf.file(f"{number}.eml") as file:
            file.write(body[:1000])
            file.write(body[1000:])
    assert [made.name for made in shelf.files()] == [f"{number}.eml" for number in range(9)]
    (path,) = shelf.publish()
    assert list(read(path).values()) == bodies


def test_what_the_disk_refuses_is_tried_again_or_never_sealed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = begun(tmp_path)
    with monkeypatch.context() as full:
        full.setattr(volumes.Volumes, "append", lambda *_: (_ for _ in ()).throw(OSError("full")))
        with contextlib.suppress(OSError), shelf.file("one.eml") as file:  # it may be packed already
            file.write(b"one")
        for _ in range(2):
            with pytest.raises(OSError, match="full"):
                shelf.seal()
    with shelf.file("two.eml") as file:
        file.write(b"two")
    (path,) = shelf.publish()
    assert read(path) == {"one.eml": b"one", "two.eml": b"two"}
