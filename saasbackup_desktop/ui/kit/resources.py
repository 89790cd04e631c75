"""Where icons and style sheets lie."""

from functools import cache
from pathlib import Path


@cache
def root() -> Path:
    """Find the resources folder: inside the installed package, or at the top of a working copy."""
    package = Path(__file__).resolve().parents[2]
    inside = package / "resources"
    return inside if inside.is_dir() else package.parent / "resources"


@cache
def text(name: str) -> str:
    """Read a resource that is text."""
    return (root() / name).read_text(encoding="utf-8")
