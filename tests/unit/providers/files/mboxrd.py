"""A reader of mboxrd files as its rule is told, line by line, for tests alone."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_QUOTED: Final = re.compile(rb"^>(>*From )")


def messages(path: Path) -> Iterator[bytes]:
    """The messages of a file, as they were."""
    lines: list[bytes] = []
    begun = False
    with path.open("rb") as file:
        for line in file:
            if line.startswith(b"From "):
                if begun:
                    yield _one(lines)
                lines, begun = [], True
            else:
                assert begun, "something stands before the first message"
                lines.append(line)
    if begun:
        yield _one(lines)


def _one(lines: list[bytes]) -> bytes:
    assert lines, "no empty line stands before the next message"
    assert lines[-1].endswith(b"\n")
    return b"".join(_QUOTED.sub(rb"\1", line) for line in lines)[:-1]
