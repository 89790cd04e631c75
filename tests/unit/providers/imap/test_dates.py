"""Internal dates."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saasbackup_desktop.providers.imap.dates import is_valid, seconds, written


@given(st.integers(0, 253_402_300_799))
def test_what_is_written_is_read(moment: int) -> None:
    assert seconds(written(moment)) == moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("17-Jul-1996 02:44:25 -0700", 837_596_665),
        (" 1-Jan-1970 00:00:00 +0000", 0),
        ("01-jan-1970 05:45:00 +0545", 0),
        ("", None),
        ("yesterday", None),
        ("01-Foo-1970 00:00:00 +0000", None),
    ],
)
def test_dates(text: str, moment: int | None) -> None:
    assert seconds(text) == moment
    assert is_valid(text) is (moment is not None)
