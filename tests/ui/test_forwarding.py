"""A directory is shown in its own rooms, wherever one comes from; mailboxes stay where they were."""

from saasbackup_desktop.core.ids import AccountId, SnapshotId
from saasbackup_desktop.core.model import Service, stream_id
from saasbackup_desktop.ui.places import (
    AccountPlace,
    ComparePlace,
    DifferencesPlace,
    DirectoryPlace,
    EntraPlace,
    RecoveryPlace,
)
from saasbackup_desktop.ui.shell.floor_plan import Rooms
from saasbackup_desktop.ui.shell.forwarding import forwarded

OLD, NEW = SnapshotId("20261120T070000Z-00000001"), SnapshotId("20261121T070000Z-00000002")
DIRECTORY = stream_id(AccountId("f7fd388c418af11a"), Service.DIRECTORY)
MAIL = stream_id(AccountId("f7fd388c418af11a"), Service.MAIL)


def test_what_is_asked_of_a_directory_as_of_a_mailbox() -> None:
    assert forwarded(RecoveryPlace(DIRECTORY, OLD)) == DirectoryPlace(DIRECTORY, OLD)
    assert forwarded(AccountPlace(DIRECTORY)) == DirectoryPlace(DIRECTORY)
    assert forwarded(ComparePlace(DIRECTORY, OLD, NEW)) == DifferencesPlace(DIRECTORY, OLD, NEW)
    assert Rooms.belongs_to(RecoveryPlace(DIRECTORY)) == EntraPlace()
    for place in (RecoveryPlace(), RecoveryPlace(MAIL, OLD), AccountPlace(MAIL), ComparePlace(MAIL, OLD, NEW)):
        assert forwarded(place) is place
