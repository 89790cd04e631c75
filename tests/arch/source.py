"""The product's own files, as trees to look through."""

import ast
import functools
import subprocess
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

    def tree(self) -> ast.Module:
        """Read it. Nobody keeps trees: they are millions of objects, and every later test would pay for them."""
        return ast.parse(self.path.read_text(), str(self.path))

    def at(self, node: ast.AST) -> str:
        """Say where a node stands, as editors understand it."""
        return f"saasbackup_desktop/{self.room}:{getattr(node, 'lineno', 1)}"


@dataclass(frozen=True, slots=True)
class Call:
    """One call in the product."""

    room: str
    place: str
    called: str
    """What is called, written out: ``time.time``, ``self.dialog.exec``, ``print``."""


@functools.cache
def modules() -> tuple[Module, ...]:
    """All files of the product."""
    return tuple(Module(path, path.relative_to(PACKAGE).as_posix()) for path in sorted(PACKAGE.rglob("*.py")))


@functools.cache
def calls() -> tuple[Call, ...]:
    """Every call in the product."""
    return tuple(
        Call(module.room, module.at(node), _written(node.func))
        for module in modules()
        for node in ast.walk(module.tree())
        if isinstance(node, ast.Call)
    )


def _written(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{_written(node.value)}.{node.attr}"
    return ast.unparse(node)


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
