"""Numbers, sizes and times as people read them."""

import pytest

from saasbackup_desktop.cli import figures


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1536, "1.5 KiB"), (1 << 20, "1.0 MiB"), (1 << 60, "1024.0 PiB")],
)
def test_sizes(number: int, text: str) -> None:
    assert figures.size(number) == text


def test_an_unknown_size_is_nothing() -> None:
    assert figures.size(None) == ""


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.2, "0 s"), (59.4, "59 s"), (185, "3 min 05 s"), (7800, "2 h 10 min"), (-3, "0 s")]
)
def test_durations(seconds: float, text: str) -> None:
    assert figures.duration(seconds) == text


def test_counts() -> None:
    assert figures.count(12345) == "12,345"
    assert figures.counted(1, "message") == "1 message"
    assert figures.counted(2, "message") == "2 messages"
    assert figures.counted(0, "point in time", "points in time") == "0 points in time"


def test_times() -> None:
    assert figures.iso(0) == "1970-01-01T00:00:00Z"
    assert figures.iso(None) is None
    assert figures.local(None) == ""


def test_no_escape_sequence_gets_through() -> None:
    assert "\x1b" not in figures.printable("\x1b]0;title\x07harmless\r\n")
    assert figures.printable("Grüße, 世界 🎉") == "Grüße, 世界 🎉"


def test_lists() -> None:
    assert figures.listed([]) == ""
    assert figures.listed(["a"]) == "a"
    assert figures.listed(["a", "b", "c"]) == "a, b and c"
