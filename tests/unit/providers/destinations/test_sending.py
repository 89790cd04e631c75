"""Files arrive whole, are gone on with after an interruption, and nothing is written over."""

import hashlib
import random
from dataclasses import replace
from pathlib import Path

import pytest

from saasbackup_desktop.core.errors import DestinationTaken, Fault, Unreachable
from saasbackup_desktop.core.export.ports import Plain
from saasbackup_desktop.core.export.values import Made
from saasbackup_desktop.providers.destinations.remote import Remote
from tests.servers.storage_services import Service
from tests.unit.providers.destinations.conftest import Place

NAME = "Anna 2026/mail (2).zip"


def made(folder: Path, size: int, seed: int = 1) -> Path:
    """A file of bytes that nobody can guess."""
    file = folder / f"{seed}-{size}"
    file.write_bytes(random.Random(seed).randbytes(size))
    return file


def unheard(state: Plain, done: int) -> None:
    """Nobody listens."""


@pytest.mark.parametrize("more", [0, 1])
def test_small_and_large_files_arrive(place: Place, tmp_path: Path, more: int) -> None:
    for number, size in enumerate((0, 10, place.whole, 2 * place.piece, 2 * place.piece + 7)[more::2]):
        storage = place.open()
        file, name = made(tmp_path, size, number), f"folder/{number} größe.bin"
        heard: list[int] = []
        said = Remote(storage).send(file, name, None, lambda _, done, heard=heard: heard.append(done))  # type: ignore[misc]
        kept = storage.find(name)
        assert kept is not None
        assert kept.size == size
        assert kept.digest == storage.digest(file)
        assert heard[-1] == size
        assert heard == sorted(heard)
        assert said == f"{storage.location}/{name}"
        storage.close()


def test_an_interrupted_file_is_gone_on_with(place: Place, tmp_path: Path) -> None:
    class Enough(Exception):
        pass

    file = made(tmp_path, 4 * place.piece + 100)
    heard: list[tuple[Plain, int]] = []

    def until_two(state: Plain, done: int) -> None:
        heard.append((state, done))
        if done >= 2 * place.piece:
            raise Enough

    storage = place.open()
    with pytest.raises(Enough):
        Remote(storage).send(file, NAME, None, until_two)
    storage.close()
    assert place.open().find(NAME) is None  # nothing is there until all of it is

    again: list[int] = []
    storage = place.open()
    Remote(storage).send(file, NAME, heard[-1][0], lambda _, done: again.append(done))
    assert again[0] == 2 * place.piece  # what had arrived is not sent a second time
    assert again[-1] == file.stat().st_size
    kept = storage.find(NAME)
    assert kept is not None
    assert kept.digest == storage.digest(file)


def cut_off(place: Place, file: Path, name: str) -> Plain:
    """Send a piece of a file, and no more; gives what was heard last."""

    class Enough(Exception):
        pass

    heard: list[Plain] = []

    def until_one(state: Plain, done: int) -> None:
        heard.append(state)
        if done:
            raise Enough

    storage = place.open()
    with pytest.raises(Enough):
        Remote(storage).send(file, name, None, until_one)
    storage.close()
    return heard[-1]


def test_what_nobody_will_finish_is_let_go_of(place: Place, tmp_path: Path) -> None:
    file, other = made(tmp_path, place.piece + 5, 1), made(tmp_path, place.piece + 9, 2)
    since = cut_off(place, file, NAME)
    assert place.pending is None or place.pending(NAME) == 1
    storage = place.open()
    for _ in range(2):  # a second time is no error
        Remote(storage).drop(NAME, since)
        assert place.pending is None or place.pending(NAME) == 0
        assert storage.find(NAME) is None
    since = cut_off(place, file, NAME)
    Remote(storage).send(other, NAME, since, unheard)  # the file is not the same any more
    assert place.pending is None or place.pending(NAME) == 0
    kept = storage.find(NAME)
    assert kept is not None
    assert kept.digest == storage.digest(other)
    Remote(storage).drop(NAME, since)  # what has become a file stays
    assert storage.find(NAME) == kept
    small = made(tmp_path, 10, 3)
    since = cut_off(place, file, "made smaller.zip")
    Remote(storage).send(small, "made smaller.zip", since, unheard)  # what was made anew needs no pieces
    assert place.pending is None or place.pending("made smaller.zip") == 0
    kept = storage.find("made smaller.zip")
    assert kept is not None
    assert kept.digest == storage.digest(small)


def test_an_upload_that_is_dropped_on_its_way_is_begun_anew_later(place: Place, tmp_path: Path) -> None:
    if place.pending is None:
        pytest.skip("this service never drops one")
    storage, file = place.open(), made(tmp_path, place.piece + 5)
    heard: list[Plain] = []

    def dropping(state: Plain, done: int) -> None:
        heard.append(state)
        if done == place.piece:
            place.open().drop(NAME, state)

    with pytest.raises(Unreachable):
        Remote(storage).send(file, NAME, None, dropping)
    Remote(storage).send(file, NAME, heard[-1], unheard)
    assert place.pending(NAME) == 0


def test_a_forgotten_upload_begins_anew(place: Place, tmp_path: Path) -> None:
    file = made(tmp_path, 2 * place.piece + 5)
    storage = place.open()
    begun = storage.begin(NAME, file.stat().st_size, storage.digest(file))
    stale = {**begun, "digest": "of another file"}
    Remote(storage).send(file, NAME, stale, unheard)
    assert storage.find(NAME) is not None


def test_an_equal_file_is_left_and_another_one_is_not_written_over(place: Place, tmp_path: Path) -> None:
    storage = place.open()
    file, other = made(tmp_path, 1000, 1), made(tmp_path, 1000, 2)
    Remote(storage).send(file, NAME, None, unheard)
    before = len(place.service.seen) if place.service else 0
    Remote(storage).send(file, NAME, None, unheard)
    if place.service:
        assert not [one for one in place.service.seen[before:] if one.method == "POST" and "content" in one.path]
    with pytest.raises(DestinationTaken):
        Remote(storage).send(other, NAME, None, unheard)
    assert storage.read(NAME) == file.read_bytes()
    Remote(storage).remove(NAME)
    assert storage.find(NAME) is None
    Remote(storage).remove(NAME)  # a second time is no error


def test_only_what_was_sent_is_removed(place: Place, tmp_path: Path) -> None:
    storage = place.open()
    file = made(tmp_path, 1000, 1)
    Remote(storage).send(file, NAME, None, unheard)
    sent = Made(NAME, 1000, hashlib.sha256(file.read_bytes()).hexdigest(), 1)
    Remote(storage).remove(NAME, replace(sent, size=999))
    assert storage.find(NAME) is not None
    if storage.keeps_sha256:
        Remote(storage).remove(NAME, replace(sent, sha256="0" * 64))
        assert storage.find(NAME) is not None
    Remote(storage).remove(NAME, sent)
    assert storage.find(NAME) is None
    Remote(storage).remove(NAME, sent)  # a second time is no error


def test_a_connection_is_tried_out(place: Place) -> None:
    storage = place.open()
    found = Remote(storage).try_out()
    assert [(one.check, one.code) for one in found] == [("reach", ""), ("write", ""), ("read", ""), ("remove", "")]


def test_a_full_service_says_so(pretended: tuple[Place, Service], tmp_path: Path) -> None:
    place, service = pretended
    service.room = 100
    for size in (200, 2 * place.piece):
        with pytest.raises(Fault) as caught:
            Remote(place.open()).send(made(tmp_path, size), f"{size}.bin", None, unheard)
        assert caught.value.code == "destination-full"


@pytest.mark.parametrize("status", [500, 429, 403])
def test_what_the_service_says_is_named(
    pretended: tuple[Place, Service], tmp_path: Path, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, service = pretended
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    storage = place.open()
    Remote(storage).send(made(tmp_path, 10), "first", None, unheard)  # signed in
    body = b'{"error": {"errors": [{"reason": "forbidden"}]}, "code": "access_denied_insufficient_permissions"}'
    if "Dropbox" in type(storage).__name__:
        told = {500: b"{}", 429: b'{"error": {"reason": {".tag": "too_many_requests"}, "retry_after": 1}}'}
        body = told.get(
            status,
            b'{"error_summary": "path/no_write_permission/", "error": {".tag": "path", "reason": '
            b'{".tag": "no_write_permission"}, "upload_session_id": "x"}}',
        )
        status = 409 if status == 403 else status
    answer = (status, {"content-type": "application/json"}, body)
    service.faults += [answer] * 20
    with pytest.raises(Fault) as caught:
        storage.put("second", b"some", storage.digest(made(tmp_path, 4)))
    wanted = {500: "unreachable", 429: "throttled", 403: "destination-denied", 409: "destination-denied"}
    assert caught.value.code == wanted[status]
    assert place.key not in repr(caught.value) or not place.key
