"""vault-reader as one executable file: built, and run on a machine that has nothing."""

import subprocess
from pathlib import Path

import pytest

from tests.conformance.made_vault import make
from tests.conformance.test_vault_reader import expected, extracted

BUILD = Path(__file__).parents[2] / "packaging" / "reader" / "build.sh"
NO_PYINSTALLER = 75


@pytest.mark.slow
def test_runs_without_python_path_or_home(tmp_path: Path) -> None:
    built = subprocess.run([str(BUILD)], capture_output=True, text=True, check=False, timeout=900)
    if built.returncode == NO_PYINSTALLER:
        pytest.skip(f"PYINSTALLER MISSING: the executable was neither built nor run\n{built.stderr}")
    assert built.returncode == 0, built.stderr
    made = make(tmp_path / "vault")
    bare = tmp_path / "bare"
    bare.mkdir()
    command = [built.stdout.strip(), str(tmp_path / "vault"), "extract", "out", "--at", "all", "--passphrase-file", "-"]
    done = subprocess.run(
        command, input=made.passphrase.encode(), capture_output=True, cwd=bare, env={}, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr.decode()
    assert sorted(extracted(bare / "out")) == sorted(expected(made))
    wrong = subprocess.run(command, input=b"wrong", capture_output=True, cwd=bare, env={}, check=False, timeout=300)
    assert (wrong.returncode, wrong.stderr.decode().strip()) == (6, "Wrong passphrase.")
