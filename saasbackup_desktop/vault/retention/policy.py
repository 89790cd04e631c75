"""The policy: how long points in time are kept, for all streams and for single ones."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from saasbackup_desktop.core import codec
from saasbackup_desktop.core.errors import Misconfigured, VaultDamaged
from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.core.ports import BlobStore
from saasbackup_desktop.core.retention import Keep
from saasbackup_desktop.vault.care.kinds import kind_of
from saasbackup_desktop.vault.format.keys import Keys
from saasbackup_desktop.vault.format.names import POLICY, number_of
from saasbackup_desktop.vault.format.sealing import seal, unseal

_PURPOSE: Final = "note"


@dataclass(frozen=True, slots=True)
class Policy:
    """What is kept."""

    default: Keep = field(default_factory=Keep)
    streams: Mapping[StreamId, Keep] = field(default_factory=dict)

    def keep(self, stream: StreamId) -> Keep:
        """The rule for a stream."""
        return self.streams.get(stream, self.default)

    def changed(self, stream: StreamId | None, keep: Keep | None) -> "Policy":
        """With another rule: for a stream (None: the default again), or for all that have none of their own."""
        if stream is None:
            return Policy(keep or Keep(), self.streams)
        others = {id: own for id, own in self.streams.items() if id != stream}
        return Policy(self.default, others if keep is None else {**others, stream: keep})


def read(store: BlobStore, keys: Keys) -> Policy:
    """Read the newest one. Raises VaultDamaged, VaultKeysChanged."""
    while True:
        names = _names(store)
        if not names:
            return Policy()
        try:
            return _parsed(names[-1], unseal(keys, _PURPOSE, names[-1], store.get(names[-1]), names[-1]))
        except FileNotFoundError:
            continue  # followed by a newer one in this moment


def put(store: BlobStore, keys: Keys, policy: Policy) -> None:
    """Write the next one; earlier ones are removed once it is durable."""
    before = _names(store)
    number = number_of(before[-1]) + 1 if before else 1
    name = f"{POLICY}/{number:08d}-{os.urandom(8).hex()}"
    record = {
        "default": policy.default.to_plain(),
        "streams": {stream: keep.to_plain() for stream, keep in policy.streams.items()},
    }
    store.put(name, seal(keys, _PURPOSE, name, codec.dumps(record).encode()), fleeting=True)
    for old in before:
        store.delete(old)


def _names(store: BlobStore) -> list[str]:
    return sorted(name for name in store.list(POLICY) if kind_of(name) == POLICY)


def _parsed(name: str, plain: bytes) -> Policy:
    try:
        record = codec.loads(plain)
        streams = {StreamId(stream): Keep.from_plain(keep) for stream, keep in record["streams"].items()}
        return Policy(Keep.from_plain(record["default"]), streams)
    except (ValueError, KeyError, TypeError, AttributeError, Misconfigured) as error:
        raise VaultDamaged("policy is not understood", file=name, reason="altered") from error
