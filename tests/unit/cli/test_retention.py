"""Ages as people type them."""

import pytest

from saasbackup_desktop.cli.retention import days_of
from saasbackup_desktop.core.errors import Misconfigured


@pytest.mark.parametrize(("age", "days"), [("30d", 30), ("6w", 42), ("6 m", 186), ("2Y", 732)])
def test_an_age_is_never_shorter_than_the_calendars(age: str, days: int) -> None:
    assert days_of(age) == days


@pytest.mark.parametrize("age", ["", "d", "30", "0d", "-1d", "1.5y", "30 days ago"])
def test_what_is_no_age_is_refused(age: str) -> None:
    with pytest.raises(Misconfigured):
        days_of(age)
