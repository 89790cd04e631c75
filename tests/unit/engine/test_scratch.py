"""The scratch folder of drills: only its owner reads it, and nothing stays, whoever was killed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from saasbackup_desktop.core.errors import BodyDamaged, HomeFault
from saasbackup_desktop.engine.scratch import Scratch


def test_files_are_written_measured_and_gone(tmp_path: Path) -> None:
    with Scratch(tmp_path / "scratch", "job") as scratch:
        path = scratch.restore("a.eml", [b"ab", b"c"])
        assert path.read_bytes() == b"abc"
        if sys.platform != "win32":
            assert path.stat().st_mode & 0o777 == 0o600
            assert scratch.folder.stat().st_mode & 0o777 == 0o700
        digest, size = scratch.measured(path)
        assert (digest[:8], size) == ("ba7816bf", 3)
        assert not path.exists()
        scratch.restore("b.eml", [b"left"])
    assert not [*(tmp_path / "scratch").iterdir()]


def test_what_breaks_on_the_way_leaves_nothing(tmp_path: Path) -> None:
    def broken() -> object:
        yield b"half"
        raise BodyDamaged

    with pytest.raises(BodyDamaged), Scratch(tmp_path, "job") as scratch:
        scratch.restore("a.eml", broken())  # type: ignore[arg-type]
    assert not [*tmp_path.iterdir()]


def test_a_killed_process_is_cleaned_up_after_and_a_living_one_is_not(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    for name in (f"drill-{dead.pid}-x", f"drill-{os.getppid()}-y", "something-else"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "secret.eml").write_bytes(b"x")
    with Scratch(tmp_path, "job"):
        pass
    assert sorted(one.name for one in tmp_path.iterdir()) == [f"drill-{os.getppid()}-y", "something-else"]


def test_a_place_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "scratch").write_bytes(b"a file")
    with pytest.raises(HomeFault), Scratch(tmp_path / "scratch", "job"):
        pass
