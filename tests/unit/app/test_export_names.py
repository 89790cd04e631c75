"""What somebody may call an export: the window and the command line have one rule."""

import pytest

from saasbackup_desktop.app.exports.naming import is_plain
from saasbackup_desktop.app.words.faults import words_for


@pytest.mark.parametrize("name", ["", "Letters", "Q4 mail", "Überblick 2026-03-31", ".hidden"])
def test_names_that_stay_as_they_are(name: str) -> None:
    assert is_plain(name)


@pytest.mark.parametrize("name", ["a/b:c", "a\\b", "why?", "all*", "<a>", "a|b", " a", "a ", "a."])
def test_names_that_are_refused(name: str) -> None:
    assert not is_plain(name)


def test_the_refusal_names_it() -> None:
    assert "a/b:c has one of \\ /" in words_for("misconfigured", {"what": "export-name", "name": "a/b:c"}).what
