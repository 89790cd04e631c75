"""What cannot be undone is asked for."""

from pathlib import Path

import pytest

from saasbackup_desktop.cli import agreement, secret_input
from saasbackup_desktop.cli.inside import inside
from saasbackup_desktop.cli.output import Output
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.core.errors import Cancelled, Misconfigured


class _Nobody:
    """A desk that nothing is asked of."""


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path, Output(as_json=False), _Nobody())  # type: ignore[arg-type]


def test_yes_beforehand_is_enough(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secret_input, "confirm", lambda *_: pytest.fail("asked all the same"))
    agreement.require_agreement(shell, True, "rotate", "to replace the keys")


def test_the_word_is_asked_for(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str]] = []

    def confirm(question: str, expected: str) -> bool:
        asked.append((question, expected))
        return True

    monkeypatch.setattr(secret_input, "confirm", confirm)
    agreement.require_agreement(shell, False, "rotate", "to replace the keys")
    assert asked == [("Type rotate to replace the keys", "rotate")]


@pytest.mark.parametrize("is_terminal", [True, False])
def test_another_answer_is_none(shell: Shell, monkeypatch: pytest.MonkeyPatch, is_terminal: bool) -> None:
    monkeypatch.setattr(secret_input, "confirm", lambda *_: False)
    monkeypatch.setattr(type(shell.out.messages), "is_terminal", is_terminal)
    with pytest.raises(Cancelled if is_terminal else Misconfigured):
        agreement.require_agreement(shell, False, "rotate", "to replace the keys")


def test_where_a_limited_vault_lies() -> None:
    id = "ab" * 16
    assert inside("/media/vault", "") == "/media/vault"
    assert inside("/media/vault/", id) == f"/media/vault/limited/{id}"
    assert inside("s3://bucket/vault", id) == f"s3://bucket/vault/limited/{id}"
    for wrong in ("..", "AB" * 16, f"{id}/..", id[:-1]):
        with pytest.raises(Misconfigured):
            inside("/media/vault", wrong)
