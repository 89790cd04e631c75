"""What passes is tried again, what does not is told at once."""

from collections.abc import Callable

import pytest

from saasbackup_desktop.core.errors import Fault, Misconfigured, Throttled, Unreachable
from saasbackup_desktop.vault.stores.retrying import Patience, retrying


def _is_passing(fault: Fault) -> bool:
    return isinstance(fault, Unreachable)


def _failing(faults: list[Fault]) -> Callable[[], str]:
    def work() -> str:
        if faults:
            raise faults.pop(0)
        return "done"

    return work


def test_it_goes_on_until_it_works() -> None:
    slept: list[float] = []
    assert retrying(Patience(sleep=slept.append), _failing([Unreachable(), Unreachable()]), _is_passing) == "done"
    assert len(slept) == 2


def test_it_gives_up_in_the_end() -> None:
    slept: list[float] = []
    with pytest.raises(Unreachable):
        retrying(Patience(tries=4, sleep=slept.append), _failing([Unreachable() for _ in range(9)]), _is_passing)
    assert len(slept) == 3


def test_what_does_not_pass_is_told_at_once() -> None:
    slept: list[float] = []
    with pytest.raises(Misconfigured):
        retrying(Patience(sleep=slept.append), _failing([Misconfigured()]), _is_passing)
    assert not slept


def test_pauses_grow_up_to_a_limit() -> None:
    patience = Patience(first=1.0, longest=8.0)
    for tried in range(1, 12):
        drawn = [patience.pause(tried, Unreachable()) for _ in range(50)]
        assert max(drawn) <= min(8.0, 2.0 ** (tried - 1))
        assert len(set(drawn)) > 1


def test_a_server_that_names_a_time_is_waited_for() -> None:
    patience = Patience(first=0.1, longest=20.0)
    assert patience.pause(1, Throttled(wait=7.0)) >= 7.0
    assert patience.pause(1, Throttled(wait=7000.0)) == 20.0
