"""Numbers in letters: counts, sizes and stretches of time, and how a sentence begins."""

from typing import Final

_UNITS: Final = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")


def counted(number: int, one: str, many: str = "") -> str:
    """``1 item``, ``2 items``."""
    return f"{number_words(number)} {one if number == 1 else many or one + 's'}"


def number_words_if_any(number: int) -> str:
    """The number in digits; nothing for none."""
    return number_words(number) if number else ""


def number_words(number: int) -> str:
    """Digits in groups of three."""
    return f"{number:,}"


def size_words(number: int) -> str:
    """Bytes in binary units."""
    value = float(number)
    for unit in _UNITS:
        if value < 1024 or unit == _UNITS[-1]:
            return f"{number} B" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1024
    raise AssertionError("the last unit takes everything")


def span_words(seconds: int) -> str:
    """A stretch of time."""
    if seconds < 60:
        return f"{max(0, seconds)} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60:02} s"
    return f"{seconds // 3600} h {seconds % 3600 // 60:02} min"


def capital(text: str) -> str:
    """A sentence's first word; addresses stay as they are."""
    return text if "@" in text else text[:1].upper() + text[1:]
