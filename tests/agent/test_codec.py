"""What is written is read back the same, and nothing but plain data crosses."""

import math
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from saasbackup_desktop.agent import surface
from saasbackup_desktop.agent.codec import Codec, Unplain, plainly
from saasbackup_desktop.agent.speech import codec
from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.views import Order, Query
from saasbackup_desktop.core import errors
from saasbackup_desktop.core.activation import Rule
from saasbackup_desktop.core.ids import JobId, StreamId
from saasbackup_desktop.core.jobs import Backup, Job, JobChanged, State, Tally

_LEAVES = (
    some.none()
    | some.booleans()
    | some.integers(-(2**63), 2**63 - 1)
    | some.floats(allow_nan=False)
    | some.text(alphabet=some.characters(exclude_categories=()))
    | some.binary(max_size=64)
    | some.sampled_from([State.WAITING, Order.NAME, Path("/a b/ü"), array("q", [1, -(2**62)])])
    | some.builds(Tally, items_done=some.integers(0, 9), doing=some.text())
)
_KEYS = some.text() | some.integers(0, 99) | some.sampled_from(list(State))
_VALUES = some.recursive(
    _LEAVES,
    lambda inner: (
        some.lists(inner, max_size=4)
        | some.lists(inner, max_size=4).map(tuple)
        | some.dictionaries(_KEYS, inner, max_size=4)
        | some.frozensets(_KEYS, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(_VALUES)
def test_values_come_back(value: Any) -> None:
    read = codec().read(codec().write(value))
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize("kind", surface.classes(Desk), ids=lambda kind: kind.__qualname__)
def test_every_class_of_the_door_comes_back(kind: type) -> None:
    value = _made(kind)
    read = codec().read(codec().write(value))
    assert type(read) is kind
    assert read == value


def _made(kind: type) -> Any:
    """A value of a class, with something in each field whatever its type says."""
    if issubclass(kind, Enum):
        return next(iter(kind))
    if not is_dataclass(kind):
        return kind(*range(len(surface.field_names(kind))))
    if kind is Rule:
        return Rule(id="a", name="department", values=("x", "ü"))
    is_checked = hasattr(kind, "__post_init__")
    return kind(**{one.name: one.name if not is_checked else 7 for one in fields(kind) if one.init})


def test_an_event_is_whole() -> None:
    event = JobChanged(Job(id=JobId("a"), spec=Backup(stream=StreamId("b/mail")), state=State.RUNNING, facts={"n": 1}))
    assert codec().read(codec().write(event)) == event


def test_a_million_numbers_are_their_own_bytes() -> None:
    numbers = array("q", range(1_000_000))
    written = codec().write(numbers)
    assert 8_000_000 < len(written) < 8_000_100
    assert codec().read(written) == numbers


@pytest.mark.parametrize("kind", [errors.AgentBusy, errors.WrongPassphrase, errors.VaultBusy])
def test_faults_keep_class_code_and_facts(kind: type[errors.Fault]) -> None:
    read = codec().read(codec().write(kind("for the log", owner="process 1", reason="locked")))
    assert (type(read), read.detail, read.facts) == (kind, "for the log", {"owner": "process 1", "reason": "locked"})


def test_throttling_keeps_its_wait() -> None:
    read = codec().read(codec().write(errors.Throttled("busy", wait=2.5, host="h")))
    assert math.isclose(read.wait, 2.5)
    assert read.facts == {"host": "h"}


@dataclass
class _Stranger:
    name: str = ""
    rest: Sequence[str] = field(default_factory=list)


@pytest.mark.parametrize("value", [_Stranger(), object(), lambda: None, print, {"a": [_Stranger()]}])
def test_what_is_not_of_the_door_does_not_cross(value: object) -> None:
    with pytest.raises(Unplain):
        codec().write(value)


def test_numbers_beyond_the_list_are_refused() -> None:
    written = Codec([_Stranger]).write(_Stranger("x"))
    with pytest.raises((ValueError, IndexError)):
        Codec([]).read(written)


def test_callers_may_hand_over_any_iterable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert plainly(one for one in "ab") == ["a", "b"]
    assert plainly({"a": 1}.keys()) == ["a"]
    assert plainly(Path("kit.pdf")) == tmp_path / "kit.pdf"
    assert plainly("ab") == "ab"
    assert plainly(Query(words="x")) == Query(words="x")
