"""Every fault and every state can be said in plain words."""

import time

import pytest

from saasbackup_desktop.app.words import words_for
from saasbackup_desktop.app.words.faults import failure_words, has_words
from saasbackup_desktop.app.words.phrases import fill
from saasbackup_desktop.app.words.table import SUBJECTS, TABLE
from saasbackup_desktop.core import errors
from saasbackup_desktop.core.jobs import ItemFailure


def codes() -> list[str]:
    found = {"bug"}
    open_classes: list[type[errors.Fault]] = [errors.Fault]
    while open_classes:
        cls = open_classes.pop()
        found.add(cls.code)
        open_classes.extend(cls.__subclasses__())
    return sorted(found)


def test_no_entry_stands_under_two_subjects() -> None:
    assert sum(len(subject) for subject in SUBJECTS) == len(TABLE)


@pytest.mark.parametrize("code", codes())
def test_every_fault_has_words(code: str) -> None:
    assert has_words(code)
    words = words_for(code, {})
    for text in (words.title, words.what, words.remedy):
        assert text
        assert not set("{}[]…") & set(text), text
        assert "  " not in text
    assert words.what.endswith(".")
    assert " ." not in words.what
    assert " ," not in words.what
    assert words.remedy.endswith(".")
    assert not words.title.endswith(".")


@pytest.mark.parametrize("code", codes())
def test_facts_of_any_kind_do_no_harm(code: str) -> None:
    facts: dict[str, str | int] = {"host": "a\r\nb{port}", "port": 993, "reason": "?", "what": "[x]", "name": ""}
    assert words_for(code, facts).what


def test_facts_are_filled_in() -> None:
    words = words_for("unreachable", {"host": "mail.example.org", "port": 993})
    assert words.what == "The server mail.example.org, port 993, does not answer or closed the connection."
    assert words_for("name-refused", {"name": "a/b"}).what.endswith("“a/b”.")


@pytest.mark.parametrize("reason", ["expired", "self-signed", "name", "authority", "wrong-name", "unknown-authority"])
def test_each_reason_of_a_refused_certificate_reads_differently(reason: str) -> None:
    words = words_for("certificate-refused", {"host": "mail.example.org", "reason": reason})
    assert words != words_for("certificate-refused", {"host": "mail.example.org"})
    assert "mail.example.org" in words.what


@pytest.mark.parametrize("key", [key for key in TABLE if "/" in key])
def test_what_is_said_in_particular_belongs_to_a_code(key: str) -> None:
    code, variant = key.split("/")
    assert code in TABLE
    words = words_for(code, {"reason": variant, "name": "x", "file": "f", "host": "h"})
    assert words.title == TABLE[key].title
    assert words.what != words_for(code, {}).what


def test_failed_items_say_why() -> None:
    flags = ItemFailure(path="INBOX", name="Hello", code="not-verified", detail="flags")
    assert "flags" in failure_words(flags).what
    name = ItemFailure(path="A/b:c", name="Hello", code="name-refused", detail="banned-character")
    assert "“b:c”" in failure_words(name).what
    assert failure_words(ItemFailure(path="", name="", code="refused", detail="secret")).what.count("secret") == 0


def test_an_unknown_code_is_named() -> None:
    assert "strange-code" in words_for("strange-code", {}).what


def test_moments_are_told_in_the_local_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        words = words_for("vault-busy", {"owner": "ada", "until": "2026-11-21T23:30:00+00:00", "ahead": 61})
        assert "until about 2026-11-22 08:30." in words.what
        assert "61 minutes ahead" in words.what
        assert "61" not in words_for("vault-busy", {"owner": "ada"}).what
        assert "soon" in words_for("vault-busy", {"until": "soon"}).what
    finally:
        monkeypatch.undo()
        time.tzset()


def test_fill_drops_stretches_without_facts() -> None:
    assert fill("A[ of {x}][ at {y}].", {"y": 2}) == "A at 2."
    assert fill("A {x}.", {}) == "A …."
