"""The stand-alone reader as a module, and as the program that it is."""

import importlib.util
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

FILE = Path(__file__).parents[2] / "packaging" / "reader" / "vault_reader.py"


def _loaded() -> ModuleType:
    described = importlib.util.spec_from_file_location("vault_reader", FILE)
    assert described is not None
    assert described.loader is not None
    module = importlib.util.module_from_spec(described)
    sys.modules["vault_reader"] = module
    described.loader.exec_module(module)
    return module


reader = _loaded()


@dataclass(frozen=True)
class Result:
    """What a run of the program gave."""

    code: int
    out: bytes
    told: str

    @property
    def lines(self) -> list[list[str]]:
        """Columns of each line but the first."""
        return [line.split("\t") for line in self.out.decode().splitlines()[1:]]


def run(vault: Path, secret: str, *words: object, kind: str = "--passphrase-file") -> Result:
    """Run the program, with its secret through standard input."""
    command = [sys.executable, "-I", str(FILE), str(vault), *map(str, words), kind, "-"]
    done = subprocess.run(command, input=secret.encode() + b"\n", capture_output=True, check=False, timeout=300)
    return Result(done.returncode, done.stdout, done.stderr.decode())
