import pytest

from saasbackup_desktop.app.flows.rate import Rate
from saasbackup_desktop.core.jobs import Tally


def test_nothing_is_said_too_early() -> None:
    rate = Rate()
    rate.see(0, Tally(items_done=0))
    rate.see(1, Tally(items_done=100))
    assert rate.items_per_second() is None
    assert rate.seconds_left(Tally(items_done=100, items_total=200)) is None


def test_rate_and_time_left() -> None:
    rate = Rate()
    for second in range(11):
        rate.see(second, Tally(items_done=second * 50, bytes_done=second * 1000))
    assert rate.items_per_second() == pytest.approx(50)
    assert rate.bytes_per_second() == pytest.approx(1000)
    assert rate.seconds_left(Tally(items_done=500, items_total=1000)) == pytest.approx(10)
    assert rate.seconds_left(Tally(items_done=500)) is None


def test_old_times_are_forgotten_and_a_new_phase_starts_anew() -> None:
    rate = Rate()
    rate.see(0, Tally(items_done=0))
    rate.see(100, Tally(items_done=10))
    rate.see(110, Tally(items_done=110))
    assert rate.items_per_second() == pytest.approx(10)
    rate.see(111, Tally(items_done=0))
    assert rate.items_per_second() is None
