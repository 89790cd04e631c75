"""What a mailbox really holds, as a second mail program sees it."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from saasbackup_desktop.sim.letter import Letter
from tests.servers.dovecot import Dovecot, User

_BATCH = 250


class Message(NamedTuple):
    """A message as the server gives it out, without the number that the server calls it by."""

    sha256: str
    size: int
    flags: tuple[str, ...]
    moment: datetime


def contents(server: Dovecot, user: User) -> dict[str, Counter[Message]]:
    """Read a whole mailbox: folders that can be opened, and how often each message is in them."""
    found: dict[str, Counter[Message]] = {}
    for folder, letter in letters_in(server, user):
        messages = found.setdefault(folder, Counter())
        if letter is not None:
            flags = tuple(sorted(letter.flags))
            digest = hashlib.sha256(letter.data).hexdigest()
            messages[Message(digest, len(letter.data), flags, letter.internal_date)] += 1
    return found


def letters_in(server: Dovecot, user: User) -> Iterator[tuple[str, Letter | None]]:
    """Read every message with its folder's name; None once for each folder, so that empty ones are heard of too."""
    with server.connect(user) as client:
        client.normalise_times = False
        for attributes, _, name in client.list_folders():
            if b"\\Noselect" in attributes or b"\\NonExistent" in attributes:
                continue
            client.select_folder(name, readonly=True)
            yield name, None
            numbers = client.search("ALL")
            for first in range(0, len(numbers), _BATCH):
                batch = client.fetch(numbers[first : first + _BATCH], ["BODY.PEEK[]", "FLAGS", "INTERNALDATE"])
                yield from ((name, _letter(data)) for data in batch.values())


def _letter(data: dict[bytes, object]) -> Letter:
    body, flags, moment = data[b"BODY[]"], data[b"FLAGS"], data[b"INTERNALDATE"]
    assert isinstance(body, bytes)
    assert isinstance(flags, tuple)
    assert isinstance(moment, datetime)
    return Letter(body, frozenset(flag.decode() for flag in flags if flag != b"\\Recent"), moment)
