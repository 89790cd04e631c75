"""The recovery kit is a page that a person can read and use."""

import base64
import re
import stat
import zlib
from pathlib import Path

import pytest
from reportlab.graphics.barcode.qr import QrCodeWidget

from saasbackup_desktop.app import recovery_kit
from saasbackup_desktop.app.recovery_kit import save_recovery_kit
from saasbackup_desktop.app.views import RecoveryKit

KEY = "-".join(f"ABCD{number}" for number in range(12))


def _kit(location: str = "/home/ada/vault") -> RecoveryKit:
    return RecoveryKit(location=location, vault_id="0123456789abcdef", created=1_790_000_000, recovery_key=KEY)


def _content(file: Path) -> bytes:
    found = b""
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", file.read_bytes(), re.DOTALL):
        found += zlib.decompress(base64.a85decode(stream.strip(), adobe=False) if b"~>" not in stream else _a85(stream))
    return found


def _text(file: Path) -> str:
    """What the page says, line by line."""
    found = _content(file)
    return "\n".join(part.decode("latin-1") for part in re.findall(rb"\(((?:[^()\\]|\\.)*)\) Tj", found))


def _a85(stream: bytes) -> bytes:
    return base64.a85decode(b"<~" + stream.strip(), adobe=True)


def test_it_says_all_that_is_needed(tmp_path: Path) -> None:
    file = tmp_path / "kit.pdf"
    save_recovery_kit(_kit(), file)
    assert file.read_bytes().startswith(b"%PDF")
    text = _text(file)
    for words in (
        "Recovery kit",
        "/home/ada/vault",
        "0123456789abcdef",
        "2026-09-21",
        "saasbackup vault open",
        "vault_reader.py",
    ):
        assert words in text
    lines = [line for line in text.splitlines() if line.startswith("ABCD")]
    assert "-".join(lines) == KEY


def test_all_of_it_is_on_the_page(tmp_path: Path) -> None:
    """Also below the longest location that systems allow."""
    file = tmp_path / "kit.pdf"
    save_recovery_kit(_kit("/media/" + "x" * 240), file)
    heights = [float(y) for y in re.findall(rb"1 0 0 1 [\d.]+ ([-\d.]+) Tm", _content(file))]
    assert heights
    assert min(heights) > 20


def test_the_square_holds_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []

    class Square(QrCodeWidget):  # type: ignore[misc]
        def __init__(self, value: str, **options: str) -> None:
            drawn.append(value)
            super().__init__(value, **options)

    monkeypatch.setattr(recovery_kit, "QrCodeWidget", Square)
    save_recovery_kit(_kit(), tmp_path / "kit.pdf")
    assert drawn == [KEY]


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    file = tmp_path / "kit.pdf"
    save_recovery_kit(_kit(), file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_long_location_is_whole(tmp_path: Path) -> None:
    location = "/media/" + "/".join(f"folder {number}" for number in range(20))
    save_recovery_kit(_kit(location), tmp_path / "kit.pdf")
    assert location in _text(tmp_path / "kit.pdf").replace("\n", "")


@pytest.mark.parametrize("location", ["/home/zoë/Sicherung", "/home/日本/vault", "/x(y)\\z"])
def test_any_location_makes_a_page(tmp_path: Path, location: str) -> None:
    save_recovery_kit(_kit(location), tmp_path / "kit.pdf")
    assert "ABCD0" in _text(tmp_path / "kit.pdf")
