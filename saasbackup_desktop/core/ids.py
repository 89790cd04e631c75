"""One NewType for each kind of identifier, so that they cannot be mixed up."""

from typing import NewType

ConnectionName = NewType("ConnectionName", str)
"""The name that a person gave to a connection, for example ``office-mail``."""

AccountId = NewType("AccountId", str)
"""One protected account: 16 lower-case hexadecimal digits, derived from provider and address."""

StreamId = NewType("StreamId", str)
"""One account and one service of it, ``<account id>/<service>``: the unit that is backed up as a whole."""

NodeId = NewType("NodeId", str)
"""One folder or item within a stream. It stays the same when the node moves or is renamed."""

SnapshotId = NewType("SnapshotId", str)
"""One point in time of a stream: ``YYYYMMDDTHHMMSSZ-<8 hexadecimal digits>``; sorts by time."""

RowId = NewType("RowId", int)
"""One version of a node, as the catalog numbers it. Valid for one catalog only."""

JobId = NewType("JobId", str)
"""One job: 12 lower-case hexadecimal digits."""

TaskId = NewType("TaskId", str)
"""One backup task: 12 lower-case hexadecimal digits. It stays the same when the task is renamed."""
