"""What a mailbox really holds, as a second mail program sees it."""

import hashlib
from collections import Counter
from datetime import datetime
from typing import NamedTuple

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
    with server.connect(user) as client:
        client.normalise_times = False
        for attributes, _, name in client.list_folders():
            if b"\\Noselect" in attributes or b"\\NonExistent" in attributes:
                continue
            client.select_folder(name, readonly=True)
            found[name] = Counter()
            numbers = client.search("ALL")
            for first in range(0, len(numbers), _BATCH):
                batch = client.fetch(numbers[first : first + _BATCH], ["BODY.PEEK[]", "FLAGS", "INTERNALDATE"])
                found[name].update(map(_message, batch.values()))
    return found


def _message(data: dict[bytes, object]) -> Message:
    body, flags, moment = data[b"BODY[]"], data[b"FLAGS"], data[b"INTERNALDATE"]
    assert isinstance(body, bytes)
    assert isinstance(flags, tuple)
    assert isinstance(moment, datetime)
    kept = sorted(flag.decode() for flag in flags if flag != b"\\Recent")
    return Message(hashlib.sha256(body).hexdigest(), len(body), tuple(kept), moment)
