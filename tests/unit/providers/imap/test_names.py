"""Names of mailboxes, however odd."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saasbackup_desktop.core.model import Role
from saasbackup_desktop.providers.imap.names import (
    Namespace,
    decode,
    encode,
    join,
    name_fault,
    role_by_flag,
    role_by_name,
    split,
)

SLASH = Namespace("personal", "", "/")
DOT = Namespace("personal", "INBOX.", ".")
FLAT = Namespace("personal", "", None)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_any_name_comes_back(name: str) -> None:
    assert encode(name).isascii()
    assert decode(encode(name)) == name


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("&AOQ-", "ä"),
        ("Tom &- Jerry", "Tom & Jerry"),
        ("&2D3eAA-", "😀"),
        ("Häufig".encode().decode("latin-1"), "Häufig"),
        ("broken &", "broken &"),
        ("&~~~-", "&~~~-"),
        ("trailing ", "trailing "),
    ],
)
def test_spellings(raw: str, name: str) -> None:
    assert decode(raw) == name


@pytest.mark.parametrize(
    ("path", "delimiter", "namespace", "names"),
    [
        ("INBOX", ".", DOT, ("INBOX",)),
        ("inbox", "/", SLASH, ("INBOX",)),
        ("INBOX.Sent", ".", DOT, ("Sent",)),
        ("INBOX/Sub", "/", SLASH, ("INBOX", "Sub")),
        ("a/b", None, FLAT, ("a/b",)),
        ("user/bob/Work", "/", Namespace("other", "user/", "/"), ("user", "bob", "Work")),
    ],
)
def test_paths(path: str, delimiter: str | None, namespace: Namespace, names: tuple[str, ...]) -> None:
    assert split(path, delimiter, namespace) == names


@pytest.mark.parametrize(
    ("names", "namespace", "path"),
    [
        (["Sent"], DOT, "INBOX.Sent"),
        (["INBOX", "Sub"], DOT, "INBOX.Sub"),
        (["inbox"], DOT, "INBOX"),
        (["a", "ä"], SLASH, "a/&AOQ-"),
    ],
)
def test_new_paths(names: list[str], namespace: Namespace, path: str) -> None:
    assert join(names, namespace) == path


@pytest.mark.parametrize(
    ("names", "namespace", "reason"),
    [
        (["fine", "also fine"], SLASH, None),
        ([], SLASH, "empty"),
        (["a", ""], SLASH, "empty"),
        (["a\nb"], SLASH, "control-character"),
        (["\ud800"], SLASH, "not-text"),
        (["a/b"], SLASH, "has-delimiter"),
        (["a/b"], DOT, None),
        (["a", "b"], FLAT, "no-subfolders"),
        (["x" * 300], SLASH, "too-long"),
        (["日本語" * 40], SLASH, "too-long"),
        (["x" * 60] * 20, SLASH, "too-long"),
    ],
)
def test_names_that_cannot_be(names: list[str], namespace: Namespace, reason: str | None) -> None:
    assert name_fault(names, namespace) == reason


@pytest.mark.parametrize(
    ("names", "role"),
    [
        (("INBOX",), Role.INBOX),
        (("Gesendete Elemente",), Role.SENT),
        (("[Gmail]", "Papierkorb"), Role.TRASH),
        (("INBOX", "Brouillons"), Role.DRAFTS),
        (("Work", "Sent"), None),
        (("送信済みアイテム",), Role.SENT),
        (("Work",), None),
    ],
)
def test_uses_by_name(names: tuple[str, ...], role: Role | None) -> None:
    assert role_by_name(names) is role


def test_uses_by_flag() -> None:
    assert role_by_flag(frozenset(("\\hasnochildren", "\\sent"))) is Role.SENT
    assert role_by_flag(frozenset(("\\spam",))) is Role.JUNK
    assert role_by_flag(frozenset(("\\noselect",))) is None
