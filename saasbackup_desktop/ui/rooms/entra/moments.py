"""Points in time by their ids."""

from datetime import UTC, datetime

from saasbackup_desktop.app.entra.views import LIVE
from saasbackup_desktop.core.ids import SnapshotId
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.text import say


def moment_of(point: SnapshotId) -> int | None:
    """When a point in time was made, as its id tells; None: it does not."""
    try:
        return int(datetime.strptime(str(point).partition("-")[0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp())
    except ValueError:
        return None


def point_words(point: SnapshotId) -> str:
    """Name a moment that can be compared."""
    if point == LIVE:
        return say("now")
    when = moment_of(point)
    return text.moment(when) if when is not None else str(point)
