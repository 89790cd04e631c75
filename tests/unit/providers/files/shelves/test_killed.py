"""Exports that are killed again and again, and end with everything once."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
import pyzipper

from tests.unit.providers.files.mboxrd import messages
from tests.unit.providers.files.shelves.killed import COUNT, body

_KILLS = int(os.environ.get("SAASBACKUP_KILLS", "3"))
_CALLS = 3_000
"""Of functions in a life at most; the whole takes some ten times as many."""


@pytest.mark.parametrize("kind", ["folder-eml", "folder-mbox", "zip-eml", "zip-mbox-locked"])
def test_nothing_is_lost_or_doubled(tmp_path: Path, kind: str) -> None:
    dice = random.Random(f"{kind} {os.environ.get('SAASBACKUP_SEED', '7')}")
    place = tmp_path / "place"
    program = [sys.executable, "-m", "tests.unit.providers.files.shelves.killed", kind, place, tmp_path / "noted"]
    for _ in range(_KILLS):
        if not subprocess.run([*program, str(dice.randrange(_CALLS))], check=False).returncode:
            break
    subprocess.run([*program, str(1 << 40)], check=True)
    found: list[bytes] = []
    if kind.startswith("folder"):
        for path in sorted((place / "Export").rglob("*.*")):
            found += messages(path) if path.suffix == ".mbox" else [path.read_bytes()] if path.suffix == ".eml" else []
    for path in place.glob("*.zip"):
        with pyzipper.AESZipFile(path) as opened:
            opened.setpassword(b"secret")
            for name in opened.namelist():
                (tmp_path / "one").write_bytes(opened.read(name))
                found += messages(tmp_path / "one") if name.endswith(".mbox") else []
                found += [opened.read(name)] if name.endswith(".eml") else []
    assert sorted(found) == sorted(body(number) for number in range(COUNT))
    assert not list(place.glob("*.partial"))
