"""Sets of UIDs."""

from hypothesis import given
from hypothesis import strategies as st

from saasbackup_desktop.providers.imap.sets import chunks, expand, first_last, read_set, write_set


@given(st.sets(st.integers(1, 4_294_967_295) | st.integers(1, 60), min_size=1))
def test_what_is_written_is_read(uids: set[int]) -> None:
    assert set(expand([r for r in read_set(write_set(sorted(uids))) if r[1] - r[0] < 100])) == uids


def test_runs_become_ranges() -> None:
    assert write_set([7, 1, 2, 3, 9]) == b"1:3,7,9"
    assert first_last([3, 8, 20]) == b"3:20"


def test_odd_sets() -> None:
    assert read_set(b"5:3,7") == [(3, 5), (7, 7)]
    assert read_set(b"") == []
    assert read_set(b"*") == []


def test_chunks() -> None:
    assert list(chunks([1, 2, 3], 2)) == [[1, 2], [3]]
