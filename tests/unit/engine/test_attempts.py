"""When a job is tried again by itself."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from saasbackup_desktop.core import errors
from saasbackup_desktop.engine.attempts import MOST, RETRIED, is_passing, next_attempt

NOW = 1_790_000_000


def test_waits_grow_to_half_an_hour_and_end() -> None:
    waits = [next_attempt("unreachable", attempt, NOW, chance=0.5) for attempt in range(1, MOST + 1)]
    minutes = [(due - NOW) / 60 for due in waits if due is not None]
    assert minutes == [1, 5, 15, *[30] * 21]
    assert waits[-1] is None


@given(st.sampled_from(sorted(RETRIED)), st.integers(1, MOST - 1), st.floats(0, 1))
def test_a_wait_differs_by_a_tenth_at_most(code: str, attempt: int, chance: float) -> None:
    due, middle = next_attempt(code, attempt, NOW, chance=chance), next_attempt(code, attempt, NOW, chance=0.5)
    assert due is not None
    assert middle is not None
    assert abs(due - middle) <= 0.1 * (middle - NOW) + 1
    assert due > NOW


def test_what_the_other_side_asks_for_is_waited_for() -> None:
    assert next_attempt("throttled", 1, NOW, wait=7200) == NOW + 7200
    assert next_attempt("throttled", 1, NOW, wait=3, chance=0.5) == NOW + 60


def test_what_needs_somebody_is_not_tried_blindly() -> None:
    for code in (
        "sign-in-needed",
        "denied",
        "misconfigured",
        "wrong-passphrase",
        "vault-damaged",
        "target-full",
        "bug",
    ):
        assert not is_passing(code)
        assert next_attempt(code, 1, NOW) is None


def test_only_codes_that_there_are() -> None:
    known = {one.code for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.Fault)}
    assert set(RETRIED) <= known
    assert all(later >= sooner for kind in RETRIED.values() for sooner, later in pairwise(kind.value))
