"""Every failure that was foreseen can be told to a person."""

from collections.abc import Iterator

import pytest

from saasbackup_desktop.app.words import has_words, words_for
from saasbackup_desktop.core import errors


def _faults(kind: type[errors.Fault]) -> Iterator[type[errors.Fault]]:
    yield kind
    for below in kind.__subclasses__():
        yield from _faults(below)


FAULTS = sorted(set(_faults(errors.Fault)), key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", FAULTS, ids=lambda kind: kind.code)
def test_fault_has_words(kind: type[errors.Fault]) -> None:
    assert has_words(kind.code)


def test_codes_are_not_shared() -> None:
    codes = [kind.code for kind in FAULTS]
    assert len(codes) == len(set(codes))


def test_faults_live_in_the_core() -> None:
    assert {kind.__module__ for kind in FAULTS} == {errors.__name__}


def test_words_leave_no_brackets() -> None:
    words = [words_for(kind()) for kind in FAULTS]
    assert not [said for said in words if set("[]{}") & set(said.title + said.what + said.remedy)]
