"""The list of features is whole, and what it calls proven names a test that is there."""

import re

from tests.arch.source import ROOT

_ROW = re.compile(r"^\| (C?\d+) \| (.+?) \| (.+?) \| ?(.*?) ?\|$")
_STATES = ("done", "partly", "not yet", "left out")


def _rows() -> list[tuple[str, str, str]]:
    """Number, state and proof of each feature."""
    lines = (ROOT / "docs" / "features.md").read_text().splitlines()
    return [(found[1], found[3], found[4]) for line in lines if (found := _ROW.match(line))]


def test_every_number_is_there_once() -> None:
    numbers = [str(number) for number in range(1, 208)] + [f"C{number}" for number in range(1, 28)]
    assert [number for number, _, _ in _rows()] == numbers


def test_states_are_said_as_agreed() -> None:
    assert not [number for number, state, _ in _rows() if not state.startswith(_STATES)]


def test_what_is_partly_done_says_what_is_missing() -> None:
    assert not [number for number, state, _ in _rows() if state.startswith("partly") and len(state.split()) < 3]


def test_proofs_exist() -> None:
    for number, state, proof in _rows():
        names = re.findall(r"tests/[\w/]+(?:\.py)?", proof)
        assert names or not state.startswith(("done", "partly")), f"row {number} has no proof"
        for name in names:
            assert (ROOT / name).exists(), f"row {number}: {name} is missing"
