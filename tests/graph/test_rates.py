"""The client finds out what the service allows, keeps close to it, and is never refused for good."""

import pytest

from saasbackup_desktop.sim.graph.manners import Limit
from tests.graph.office_hours import read
from tests.graph.virtual import run


@pytest.mark.parametrize(
    ("mailboxes", "limit", "latency", "seconds"),
    [
        (1, Limit(1000, 60.0, 4), 0.1, 120.0),
        (1, Limit(1000, 60.0, 4), 0.3, 60.0),
        (1, Limit(1000, 60.0, 2), 0.2, 60.0),
        (6, Limit(1000, 60.0, 4), 0.3, 30.0),
        (5, Limit(1000, 60.0, 4, "application"), 0.1, 30.0),
    ],
    ids=["by count", "by room", "by less room", "several", "application"],
)
def test_the_rate_that_is_allowed_is_reached(mailboxes: int, limit: Limit, latency: float, seconds: float) -> None:
    reading, _ = run(read(mailboxes, limit, latency, seconds))
    assert reading.faults == ()
    assert reading.share >= 0.95
    assert reading.refused <= reading.done / 50
