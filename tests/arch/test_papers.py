"""Packages say what they are for, tests mirror the product, and no file names somebody's machine."""

import ast
import re
from pathlib import Path

import pytest

from tests.arch.source import PACKAGE, ROOT, committed, modules


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("__init__.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_package_says_what_it_is_for(path: Path) -> None:
    said = ast.get_docstring(ast.parse(path.read_text()))
    assert said, "no docstring"
    first = said.splitlines()[0]
    assert len(first.split()) >= 4, f"not a sentence: {first}"
    assert first.endswith("."), f"not a sentence: {first}"


def test_files_without_a_test_of_their_own() -> None:
    """Report, do not fail: much is tested better together than alone."""
    tests = {path.relative_to(ROOT / "tests" / "unit") for path in (ROOT / "tests" / "unit").rglob("test_*.py")}
    alone = [
        module.room
        for module in modules()
        if module.path.name != "__init__.py"
        and Path(module.room).with_name(f"test_{module.path.name}") not in tests
        and len(module.tree().body) > 3
    ]
    if alone:
        print(f"no tests/unit file of the same name for {len(alone)} of {len(modules())}:", *alone, sep="\n  ")


def test_unit_tests_mirror_rooms() -> None:
    for path in (ROOT / "tests" / "unit").rglob("test_*.py"):
        room = path.parent.relative_to(ROOT / "tests" / "unit")
        assert (PACKAGE / room).is_dir(), f"{path.relative_to(ROOT)} mirrors no room"


_FOREIGN = (
    re.compile(r"(?<![\w.~}/-])/(?:work|root|tmp)/[a-z]"),
    re.compile(r"files\.pythonhosted|pypi\.org/simple|deb\.debian\.org|registry\.npmjs"),
)
_TEXT = {".py", ".md", ".toml", ".sh", ".txt", ".yaml", ".yml", ".cfg", ".ini", ".qss", ".ts", ".desktop", ".spec", ""}


def _foreign(path: Path) -> list[str]:
    try:
        text = path.read_text()
    except UnicodeDecodeError:
        return []
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for number, line in enumerate(text.splitlines(), 1)
        if any(pattern.search(line) for pattern in _FOREIGN)
    ]


def test_no_machine_of_ours_is_named() -> None:
    """No folder of one machine, no host of a package registry, in any committed text but the lock file."""
    exempt = {ROOT / "uv.lock", Path(__file__).resolve()}
    files = [path for path in committed() if path.suffix in _TEXT and path not in exempt and path.is_file()]
    found = [line for path in files for line in _foreign(path)]
    assert not found, "\n".join(found)


def test_no_secret_file_is_committed() -> None:
    found = [path.name for path in committed() if path.suffix in (".pem", ".key", ".p12", ".pfx")]
    assert not found
