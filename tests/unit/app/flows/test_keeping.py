import pytest

from saasbackup_desktop.app.flows.keeping import Keeping, Unit, Way
from saasbackup_desktop.core.retention import Keep


@pytest.mark.parametrize(
    ("keep", "way"),
    [
        (Keep(), Way.EVERYTHING),
        (Keep(days=30), Way.AGE),
        (Keep(days=372), Way.AGE),
        (Keep(days=366), Way.AGE),
        (Keep(days=30, weekly=12), Way.THIN),
        (Keep(last=5), Way.THIN),
        (Keep(days=0), Way.THIN),
    ],
)
def test_rule_in_force_is_what_one_begins_with(keep: Keep, way: Way) -> None:
    assert Keeping.of(keep).way is way
    assert Keeping.of(keep).keep() == keep


def test_months_and_years_are_never_shorter_than_the_calendars() -> None:
    assert Keeping(way=Way.AGE, amount=12, unit=Unit.MONTHS).keep() == Keep(days=372)
    assert Keeping(way=Way.AGE, amount=2, unit=Unit.YEARS).keep() == Keep(days=732)
    assert Keeping(way=Way.AGE, amount=0, unit=Unit.DAYS).keep() == Keep(days=1)


def test_thinning_out_without_counts_is_noticed() -> None:
    assert Keeping(way=Way.THIN, thin=Keep()).is_empty
    assert not Keeping(way=Way.THIN).is_empty
