"""The policy: how long points in time are kept, for all streams, for groups of them, and for single ones."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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
class Group:
    """A rule for several streams together."""

    keep: Keep | None
    """None: the default, joined with what other groups of the same stream keep."""
    streams: frozenset[StreamId]


@dataclass(frozen=True, slots=True)
class Policy:
    """What is kept."""

    default: Keep = field(default_factory=Keep)
    streams: Mapping[StreamId, Keep] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    """By ids that whoever made them gave."""
    _of_groups: Mapping[StreamId, Keep] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        joined: dict[StreamId, Keep] = {}
        for group in self.groups.values():
            keep = group.keep if group.keep is not None else self.default
            for stream in group.streams:
                joined[stream] = joined[stream].joined(keep) if stream in joined else keep
        object.__setattr__(self, "_of_groups", joined)

    def keep(self, stream: StreamId) -> Keep:
        """The rule for a stream: its own, else what any of its groups keeps, else the default."""
        own = self.streams.get(stream)
        return own if own is not None else self._of_groups.get(stream, self.default)

    def changed(self, stream: StreamId | None, keep: Keep | None) -> "Policy":
        """With another rule: for a stream (None: the default again), or for all that have none of their own."""
        if stream is None:
            return replace(self, default=keep or Keep())
        others = {id: own for id, own in self.streams.items() if id != stream}
        return replace(self, streams=others if keep is None else {**others, stream: keep})

    def regrouped(self, groups: Mapping[str, Group | None]) -> "Policy":
        """With other groups in the place of those of the same ids; None: without it."""
        after = {id: group for id, group in {**self.groups, **groups}.items() if group is not None}
        return replace(self, groups=after)


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
        "groups": {
            id: [group.keep.to_plain() if group.keep is not None else None, sorted(group.streams)]
            for id, group in policy.groups.items()
        },
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
        groups = {
            id: Group(Keep.from_plain(keep) if keep is not None else None, frozenset(of))
            for id, (keep, of) in record.get("groups", {}).items()
        }
        return Policy(Keep.from_plain(record["default"]), streams, groups)
    except (ValueError, KeyError, TypeError, AttributeError, Misconfigured) as error:
        raise VaultDamaged("policy is not understood", file=name, reason="altered") from error
