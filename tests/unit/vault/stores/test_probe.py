"""A trial of a place leaves nothing there, or says what it leaves."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from saasbackup_desktop.core.errors import Unreachable
from saasbackup_desktop.vault.stores import probe as trial
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.stores.probe import LIMITED, OK, is_fit, probe


class Clock:
    def now(self) -> int:
        return 1_700_000_000


class Reluctant(LocalStore):
    """Removes one file only when it is asked for often enough."""

    def __init__(self, place: Path, times: int) -> None:
        super().__init__(place)
        self.times = times
        self.slept: list[float] = []

    def delete(self, name: str) -> None:
        if name.endswith("race/1"):
            self.times -= 1
            if self.times > 0:
                raise (Unreachable("cut off") if self.times % 2 else FileNotFoundError(name))
        super().delete(name)


class Haunted(LocalStore):
    """Lists for good what lost a race."""

    def __init__(self, place: Path) -> None:
        super().__init__(place)
        self.seen: set[str] = set()

    def delete(self, name: str) -> None:
        self.seen |= {name} if name.endswith("/race/2") else set()
        super().delete(name)

    def list(self, folder: str = "") -> Iterator[str]:
        yield from sorted({*super().list(folder), *self.seen})


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "_LARGE", 3000)


def test_what_cannot_be_removed_at_once_is_tried_again_and_the_rest_goes(tmp_path: Path) -> None:
    store = Reluctant(tmp_path / "place", 3)
    found = probe(store, Clock(), sleep=store.slept.append)
    assert {one.outcome for one in found} == {OK}
    assert "clean" not in {one.check for one in found}
    assert not [*store.list()]


def test_what_is_only_listed_is_told_as_such(tmp_path: Path) -> None:
    """So does rclone, after a race."""
    store = Haunted(tmp_path / "place")
    found = probe(store, Clock(), sleep=lambda _seconds: None)
    assert (found[-1].check, found[-1].outcome, found[-1].reason) == ("clean", LIMITED, "still-listed")
    assert is_fit(found)


def test_what_stays_is_told(tmp_path: Path) -> None:
    store = Reluctant(tmp_path / "place", 99)
    found = probe(store, Clock(), sleep=store.slept.append)
    assert (found[-1].check, found[-1].outcome, found[-1].reason, found[-1].facts) == (
        "clean", LIMITED, "left-behind", {"files": 1},
    )  # fmt: skip
    assert is_fit(found)
    assert [name.rpartition("/race/")[2] for name in store.list()] == ["1"]
