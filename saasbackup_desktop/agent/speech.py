"""What is said over the socket: kinds of messages, and the one codec for all of them."""

from enum import IntEnum
from functools import cache
from typing import Any, Final

from saasbackup_desktop import __version__
from saasbackup_desktop.agent import surface
from saasbackup_desktop.agent.codec import Codec
from saasbackup_desktop.agent.handshake import PROTOCOL, Hello
from saasbackup_desktop.app.desk import Desk

WINDOW: Final = 16
"""Values of a stream that may be on their way unread."""
STATUS: Final = "agent.status"
STOP: Final = "agent.stop"
"""What every version understands: plain values only."""
STOP_MINE: Final = "agent.stop-mine"
"""Stop the jobs that this client has begun."""


class Say(IntEnum):
    """The first value of a message; the second is the number of what was asked."""

    CALL = 0  # path, arguments, named arguments
    CANCEL = 1
    MORE = 2  # so many values of a stream were taken
    ANSWERED = 3  # what was called back gave this
    FAILED_TO_ANSWER = 4  # or raised this
    DONE = 10  # sees, value
    FAILED = 11  # sees, fault
    BUG = 12  # sees, name of the exception's type
    UNKNOWN = 13  # sees, what a KeyError says
    ITEM = 14  # value of a stream
    TOLD = 15  # number of what is called back, arguments
    ASKED = 16  # the same, and number of the question that is to be answered


@cache
def codec() -> Codec:
    """Everything that the desk takes and gives."""
    return Codec(surface.classes(Desk))


@cache
def hello() -> Hello:
    """What this program says of itself."""
    return Hello(protocol=PROTOCOL, version=__version__, surface=surface.fingerprint(Desk))


@cache
def paths() -> dict[str, surface.Entry]:
    """Everything that can be asked, by its path with dots."""
    return {".".join(path): entry for path, entry in surface.calls(Desk)}


def heavy(value: Any) -> bool:
    """Is it so much that writing it would keep everybody waiting?"""
    return isinstance(value, list | tuple | dict | set | frozenset) and len(value) > 500
