"""Names of properties that have no numbers of their own ([MS-OXPROPS])."""

from typing import Final
from uuid import UUID

from saasbackup_desktop.providers.files.pstcheck import Name

PUBLIC: Final = UUID("00020329-0000-0000-c000-000000000046")
_MEETING: Final = UUID("6ed8da90-450b-101b-98da-00aa003f1305")


def _of(number: int) -> UUID:
    return UUID(f"{number:08x}-0000-0000-c000-000000000046")


_APPOINTMENT, _TASK, _ADDRESS, _COMMON, _NOTE = map(_of, (0x00062002, 0x00062003, 0x00062004, 0x00062008, 0x0006200E))


def public(name: str) -> Name:
    """A property that is called by a word."""
    return Name(PUBLIC, name)


def appointment(number: int) -> Name:
    """A property of appointments."""
    return Name(_APPOINTMENT, number)


def task(number: int) -> Name:
    """A property of tasks."""
    return Name(_TASK, number)


def address(number: int) -> Name:
    """A property of contacts."""
    return Name(_ADDRESS, number)


def common(number: int) -> Name:
    """A property of all kinds of items."""
    return Name(_COMMON, number)


def note(number: int) -> Name:
    """A property of notes."""
    return Name(_NOTE, number)


def meeting(number: int) -> Name:
    """A property of meetings."""
    return Name(_MEETING, number)
