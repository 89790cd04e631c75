"""The product's own files, as trees to look through."""

import ast
import functools
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "saasbackup_desktop"


@dataclass(frozen=True, slots=True)
class Module:
    """One file of the product."""

    path: Path
    room: str
    """Path within the package, with slashes: ``engine/offload.py``."""
    tree: ast.Module

    def at(self, node: ast.AST) -> str:
        """Say where a node stands, as editors understand it."""
        return f"saasbackup_desktop/{self.room}:{getattr(node, 'lineno', 1)}"

    def calls(self) -> Iterator[tuple[ast.Call, str]]:
        """Every call, with what is called written out: ``time.time``, ``self.dialog.exec``, ``print``."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield node, ast.unparse(node.func)


@functools.cache
def modules() -> tuple[Module, ...]:
    """Read all files of the product."""
    return tuple(
        Module(path, path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text(), str(path)))
        for path in sorted(PACKAGE.rglob("*.py"))
    )


@functools.cache
def committed() -> tuple[Path, ...]:
    """Files that git keeps; without git, the files that are not made by tools."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode == 0:
        return tuple(ROOT / name for name in listed.stdout.decode().split("\0") if name)
    return tuple(
        path
        for path in ROOT.rglob("*")
        if path.is_file() and not any(part.startswith(".") or part == "build" for part in path.parts[len(ROOT.parts) :])
    )
