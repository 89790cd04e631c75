"""Secrets come from files, standard input or questions."""

import io
from pathlib import Path

import pytest

from saasbackup_desktop.cli import secret_input
from saasbackup_desktop.core.errors import Misconfigured


@pytest.mark.parametrize("content", ["$ec\"r'et \\ (x)\n", "$ec\"r'et \\ (x)\r\nsecond line", "$ec\"r'et \\ (x)"])
def test_the_first_line_of_a_file_as_it_stands(tmp_path: Path, content: str) -> None:
    file = tmp_path / "secret"
    file.write_bytes(content.encode())
    assert secret_input.from_file(file) == "$ec\"r'et \\ (x)"


def test_standard_input_gives_one_line_for_each_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("one\ntwo\n"))
    assert [secret_input.from_file(Path("-")) for _ in range(2)] == ["one", "two"]
    with pytest.raises(Misconfigured):
        secret_input.from_file(Path("-"))


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe"])
def test_files_without_a_secret(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "secret"
    file.write_bytes(content)
    with pytest.raises(Misconfigured):
        secret_input.from_file(file)
    with pytest.raises(Misconfigured):
        secret_input.from_file(tmp_path / "missing")


def test_nobody_to_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("x\n"))
    assert secret_input.ask("Passphrase") is None
    assert not secret_input.confirm("Type it", "x")
    with pytest.raises(Misconfigured) as caught:
        secret_input.obtain(None, "Passphrase", "--passphrase-file")
    assert "--passphrase-file" in str(caught.value.facts["what"])
