"""One home, one process at work; files that are whole or old."""

import asyncio
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from saasbackup_desktop.app.home import Home, default_home, write_whole
from saasbackup_desktop.core.errors import HomeFault, VaultBusy

HOLDS = """
import sys
from pathlib import Path
from saasbackup_desktop.app.home import Home
home = Home(Path(sys.argv[1]))
home.keep(5)
print("kept", flush=True)
sys.stdin.read()
"""


def test_another_process_keeps_the_home(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(home.folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == "kept\n"
        with pytest.raises(VaultBusy) as busy:
            home.keep(0)
        assert busy.value.facts["owner"] == f"process {other.pid}"
        assert busy.value.facts["host"]
        assert not home.is_kept
        other.kill()  # a process that ends without a word lets go
        other.wait()
    home.keep(5)
    assert home.is_kept
    assert home.read()["keeper"] == f"process {os.getpid()}"


async def test_two_homes_of_one_process_and_from_threads(tmp_path: Path) -> None:
    one, two = Home(tmp_path), Home(tmp_path)
    await asyncio.get_running_loop().run_in_executor(None, one.keep, 0)
    with pytest.raises(VaultBusy):
        await asyncio.get_running_loop().run_in_executor(None, two.keep, 0)
    one.keep(0)
    one.let_go()
    assert not one.is_kept
    two.keep(0)
    two.let_go()


def test_values_stay_when_others_change(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    assert home.read() == {}
    home.write(vault="/somewhere", number=1)
    home.write(number=2)
    assert home.read() == {"vault": "/somewhere", "number": 2}
    assert json.loads((home.folder / "home.json").read_text(encoding="utf-8"))
    assert stat.S_IMODE(home.folder.stat().st_mode) == 0o700


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "file"
    write_whole(file, b"old")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(TypeError):
        write_whole(file, "no bytes")  # type: ignore[arg-type]
    assert file.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [file]


def test_the_home_can_be_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SAASBACKUP_HOME", str(tmp_path))
    assert default_home() == tmp_path
    monkeypatch.delenv("SAASBACKUP_HOME")
    assert default_home().name == "saasbackup-desktop"


@pytest.mark.parametrize("content", ["", "{", "[]", "\xff"])
def test_damaged_settings_are_told(tmp_path: Path, content: str) -> None:
    (tmp_path / "home.json").write_bytes(content.encode("latin-1"))
    with pytest.raises(HomeFault) as told:
        Home(tmp_path).read()
    assert told.value.facts["reason"] == "unreadable"


def test_home_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for act in (lambda home: home.write(vault="x"), lambda home: home.keep(0.0)):
        with pytest.raises(HomeFault) as told:
            act(Home(tmp_path / "file" / "home"))
        assert told.value.facts["reason"] == "unwritable"
