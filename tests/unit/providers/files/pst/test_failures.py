"""An item that fails is as if it had never been; memory stays flat."""

import os
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from saasbackup_desktop.core.errors import Cancelled, VaultDamaged
from saasbackup_desktop.providers.files.pst.model import Message
from saasbackup_desktop.providers.files.pst.split import PstWriter, Skipped, Written
from tests.outlook_files import attached, faults, integer, mail, string


def _content(size: int, error: BaseException | None) -> Callable[[], Iterator[bytes]]:
    def pieces() -> Iterator[bytes]:
        for _ in range(size // 50_000):
            yield bytes(50_000)
        if error is not None:
            raise error

    return pieces


def _write(path: Path, failing: list[Message]) -> list[Written | Skipped]:
    with PstWriter(path, "Test") as pst:
        place, other = pst.folder(("A",), "IPF.Note"), pst.folder(("B",), "IPF.Note")
        results = []
        for number in range(6):
            pst.add(place if number % 2 else other, mail(f"N {number}", attachments=[attached("a", bytes(9_000))]))
            results.extend(pst.add(place, message) for message in failing)
    return results


@pytest.mark.parametrize("size", [0, 100_000, 900_000], ids=["at once", "in the section", "sections later"])
@pytest.mark.parametrize(
    ("error", "reason"),
    [(VaultDamaged("pack"), "vault-damaged"), (OSError("disk"), "content-unreadable")],
    ids=["foreseen", "system"],
)
def test_file_is_as_if_the_item_had_never_been(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, error: Exception, reason: str
) -> None:
    monkeypatch.setattr(os, "urandom", bytes)
    _write(tmp_path / "without.pst", [])
    inner = mail("inner", attachments=[attached("c", _content(size, error))])
    failing = mail("fails", attachments=[attached("b", bytes(70_000)), attached("inner", inner)])
    results = _write(tmp_path / "with.pst", [failing])
    assert results == [Skipped(reason)] * 6
    assert (tmp_path / "with.pst").read_bytes() == (tmp_path / "without.pst").read_bytes()
    assert faults(tmp_path / "with.pst") == []


def test_content_of_another_size_is_told(tmp_path: Path) -> None:
    results = _write(tmp_path / "size.pst", [mail("x", attachments=[attached("b", _content(100_000, None), 99_999)])])
    assert results == [Skipped("content-of-another-size")] * 6


def test_bug_in_content_is_raised(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        _write(tmp_path / "bug.pst", [mail("x", attachments=[attached("b", _content(0, ZeroDivisionError()))])])
    assert list(tmp_path.iterdir()) == []


def test_stopping_goes_through(tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        _write(tmp_path / "stop.pst", [mail("x", attachments=[attached("b", _content(0, Cancelled()))])])
    assert list(tmp_path.iterdir()) == []


def test_attachment_too_large_is_left_out_and_told(tmp_path: Path) -> None:
    path = tmp_path / "large.pst"
    with PstWriter(path, "Test") as pst:
        huge = attached("huge.iso", _content(0, None), 0x7FFFFFFF)
        told = pst.add(pst.folder(("A",)), mail("x", attachments=[huge, attached("small", b"small")]))
    assert isinstance(told, Written)
    assert told.losses == ("attachment-too-large",)
    assert faults(path) == []


def test_memory_is_flat(tmp_path: Path) -> None:
    piece = bytes(100_000)
    with PstWriter(tmp_path / "flat.pst", "Test") as pst:
        place = pst.folder(("A",))
        tracemalloc.start()
        try:
            large = attached("large", lambda: (piece for _ in range(150)), 150 * len(piece))
            assert isinstance(pst.add(place, mail("large", attachments=[large])), Written)
            _, peak = tracemalloc.get_traced_memory()
            assert peak < 4_000_000
            for number in range(400):
                pst.add(place, Message(properties={string(0x0037): f"N {number}", integer(0x0E07): 1}))
            _, peak = tracemalloc.get_traced_memory()
            assert peak < 4_000_000
        finally:
            tracemalloc.stop()
