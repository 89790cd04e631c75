"""Where a place is shown: what is asked of a directory as of a mailbox is shown in the directories' own rooms."""

from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.core.model import Service, service_of
from saasbackup_desktop.ui.places import (
    AccountPlace,
    ComparePlace,
    DifferencesPlace,
    DirectoryPlace,
    Place,
    RecoveryPlace,
)


def forwarded(place: Place) -> Place:
    """The place that shows it."""
    match place:
        case RecoveryPlace(stream, snapshot) if stream is not None and _is_directory(stream):
            return DirectoryPlace(stream, snapshot)
        case AccountPlace(stream) if _is_directory(stream):
            return DirectoryPlace(stream)
        case ComparePlace(stream, old, new) if _is_directory(stream):
            return DifferencesPlace(stream, old, new)
    return place


def _is_directory(stream: StreamId) -> bool:
    return service_of(stream) is Service.DIRECTORY
