"""Whatever is done to a vault's files: the reader ends with words and a code, and gives no wrong byte out."""

import contextlib
import hashlib
import io
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest
import zstandard
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from tests.conformance.made_vault import Made, read
from tests.conformance.reading import reader

EXAMPLES = int(os.environ.get("READER_FUZZ_EXAMPLES", "20"))
"""Of each kind of harm. The vault is a frozen one and the dice are loaded: number 17 is number 17 every time."""
GROUPS = 2
CODES = {reader.DONE, reader.FAILED, reader.IN_PART, reader.LOCKED, reader.DAMAGED}


@dataclass(frozen=True)
class Bench:
    """A vault to damage again and again."""

    whole: Path
    folder: Path
    made: Made
    files: list[str]
    previous: dict[str, list[str]]
    """The heads that each head names."""

    def restore(self) -> None:
        """Undo all damage."""
        shutil.rmtree(self.folder)
        shutil.copytree(self.whole, self.folder)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    place, frozen = tmp_path_factory.mktemp("bench"), Path(__file__).parent / "fixtures" / "vault-1"
    shutil.copytree(frozen / "vault", place / "whole")
    shutil.copytree(frozen / "vault", place / "vault")
    made = read(frozen)
    (place / "pass").write_text(made.passphrase)
    files = sorted(
        file.relative_to(place / "whole").as_posix() for file in (place / "whole").rglob("*") if file.is_file()
    )
    vault = reader.Vault(place / "whole", reader.Secret(made.passphrase))
    previous = {point.file: [name for name, _ in point.previous] for point in vault.points}
    return Bench(place / "whole", place / "vault", made, files, previous)


def told(bench: Bench, *words: str) -> tuple[int, str, str]:
    """Run a command in this process, so that what it does not catch is seen."""
    out, err = io.StringIO(), io.StringIO()
    secret = str(bench.folder.parent / "pass")
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = reader.main([str(bench.folder), *words, "--passphrase-file", secret])
    return code, out.getvalue(), err.getvalue()


def prove(bench: Bench, dice: Random, *, is_believed: bool) -> None:
    """Commands end as they should; everything that was extracted is right, and what is missing was said."""
    target = bench.folder.parent / "out"
    shutil.rmtree(target, ignore_errors=True)
    code, _, err = told(bench, "extract", str(target), "--at", "all")
    assert code in (CODES | {reader.USAGE} if is_believed else CODES)
    wanted = [item.sha256 for item in bench.made.items if not item.vault]
    files = [file for file in target.rglob("*") if file.is_file() and not file.name.startswith("items")]
    found = [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
    assert set(found) <= set(wanted)
    if code == reader.DONE and not is_believed:
        assert len(found) == len(wanted) or is_rolled_back(bench), "something is missing, and it was not said"
    words = dice.choice(
        [["info"], ["accounts"], ["snapshots"], ["folders"], ["search", "letter"], ["check", "--read-data"]]
    )
    code, out, err = told(bench, *words)
    assert code in (CODES | {reader.USAGE} if is_believed else CODES)
    assert code == reader.DONE or out or err


def is_rolled_back(bench: Bench) -> bool:
    """Is a point in time gone that no other one names? Nothing in a vault can tell of that."""
    here = {name for name in bench.files if name.startswith("snapshots/") and (bench.folder / name).is_file()}
    told_of = {before for name in here for before in bench.previous[name]}
    return any(name not in here | told_of for name in bench.previous)


def flipped(data: bytes, at: int) -> bytes:
    at %= max(len(data) * 8, 1)
    return data[: at // 8] + bytes((data[at // 8] ^ 1 << at % 8,)) + data[at // 8 + 1 :] if data else b"x"


def cut(data: bytes, at: int) -> bytes:
    return data[: at % (len(data) + 1)]


def longer(data: bytes, at: int) -> bytes:
    return data + hashlib.sha256(str(at).encode()).digest()[: at % 32 + 1]


def blanked(data: bytes, at: int) -> bytes:
    at %= len(data) + 1
    return data[:at] + bytes(min(64, len(data) - at)) + data[at + 64 :]


def random_bytes(data: bytes, at: int) -> bytes:
    return hashlib.shake_256(str(at).encode()).digest(at % 4096)


CHANGES: list[Callable[[bytes, int], bytes]] = [flipped, cut, longer, blanked, random_bytes]


def changed_files(bench: Bench, dice: Random) -> None:
    for _ in range(dice.randint(1, 3)):
        file = bench.folder / dice.choice(bench.files)
        file.write_bytes(dice.choice(CHANGES)(file.read_bytes(), dice.randrange(1 << 20)))


def files_that_vanish_swap_or_take_other_names(bench: Bench, dice: Random) -> None:
    for _ in range(dice.randint(1, 4)):
        first, second = bench.folder / dice.choice(bench.files), bench.folder / dice.choice(bench.files)
        kind = dice.choice(["gone", "swapped", "copied", "folder", "strange"])
        if kind == "strange":
            (first.parent / dice.choice(["x", "00000001", "ä", "0" * 64, "f" * 16 + ".json"])).write_bytes(b"?")
        elif first.is_file() and kind in ("gone", "folder"):
            first.unlink()
            if kind == "folder":
                first.mkdir()
        elif first.is_file() and second.is_file():
            one, other = first.read_bytes(), second.read_bytes()
            second.write_bytes(one)
            if kind == "swapped":
                first.write_bytes(other)


def open_files_of_other_content(bench: Bench, dice: Random) -> None:
    """vault.json and key slots, still good JSON, with a sum that is right."""
    names = [name for name in bench.files if name == "vault.json" or name.startswith("keys/")]
    file = bench.folder / dice.choice(names)
    plain = damaged_json(dice, json.loads(file.read_bytes()))
    if isinstance(plain, dict) and "sum" in plain and dice.randrange(2):
        rest = {name: value for name, value in plain.items() if name != "sum"}
        plain["sum"] = hashlib.sha256(reader.canonical(rest)).hexdigest()[:16]
    file.write_bytes(reader.canonical(plain))


def sealed_files_of_other_content(bench: Bench, dice: Random) -> None:
    """Made by somebody who has the keys: it is believed, and upsets nothing."""
    vault = reader.Vault(bench.folder, reader.Secret(bench.made.passphrase))
    name = dice.choice([name for name in bench.files if name.startswith(("snapshots/", "index/"))])
    purpose, context = ("head", name) if name.startswith("snapshots/") else ("index", "index")
    sealed = (bench.folder / name).read_bytes()
    content = reader.unseal(vault.keys, purpose, context, sealed, name)
    if purpose == "head" and dice.randrange(4):
        content = reader.canonical(damaged_json(dice, json.loads(content)))
    else:
        content = dice.choice(CHANGES)(content, dice.randrange(1 << 20))
    key = reader.derive(vault.keys.of(purpose, int.from_bytes(sealed[8:12], "big")), sealed[12:44], "sealed")
    packed = zstandard.ZstdCompressor().compress(content)
    (bench.folder / name).write_bytes(sealed[:44] + AESGCM(key).encrypt(bytes(12), packed, context.encode()))
    vault.close()


def damaged_json(dice: Random, plain: Any) -> Any:
    """Put something else somewhere into it."""
    if isinstance(plain, dict) and plain and dice.randrange(6):
        name = dice.choice(sorted(plain))
        if not dice.randrange(4):
            return {key: value for key, value in plain.items() if key != name}
        return {**plain, name: damaged_json(dice, plain[name])}
    if isinstance(plain, list) and plain and dice.randrange(4):
        at = dice.randrange(len(plain))
        return [*plain[:at], damaged_json(dice, plain[at]), *plain[at + 1 :]]
    return dice.choice(ODD)


ODD: list[Any] = [
    *(None, True, False, 0, -1, 1 << 31, 1 << 63, -(1 << 70), 10**400, 1.5, float("nan"), float("inf")),
    *("", "x", "latest", "0" * 64, "ff" * 32, "\ud800", "a\0b", "../../../etc/passwd", "é" * 300, "-" * 5000),
    *([], {}, [[]], [None], {"": None}, [["a", "b"]], [[1, 2, 3]], {"a": {"b": []}}),
]


@pytest.mark.parametrize("group", range(GROUPS))
@pytest.mark.parametrize(
    ("harm", "is_believed"),
    [
        (changed_files, False),
        (files_that_vanish_swap_or_take_other_names, False),
        (open_files_of_other_content, False),
        (sealed_files_of_other_content, True),
    ],
)
def test_harm(bench: Bench, harm: Callable[[Bench, Random], None], is_believed: bool, group: int) -> None:
    for number in range(group, EXAMPLES, GROUPS):
        bench.restore()
        dice = Random(f"{harm.__name__} {number}")
        harm(bench, dice)
        try:
            prove(bench, dice, is_believed=is_believed)
        except BaseException as error:
            error.add_note(f"{harm.__name__} number {number}")
            raise


ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(1 << 70), 1 << 70), st.floats(), st.text(max_size=20)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=6,
)


@given(st.binary(max_size=400), st.binary(max_size=400))
def test_entries_of_other_content(key: bytes, value: bytes) -> None:
    with contextlib.suppress(reader.Damage):
        reader.read_entry(key, value)


@given(
    ANYTHING,
    st.sampled_from([b"fbox\0x", b"ibox\0x"]),
    st.sampled_from(["n", "r", "s", "t", "f", "o", "x", "b", "a", "role"]),
)
def test_fields_of_other_kinds(value: Any, key: bytes, name: str) -> None:
    for plain in ({name: value}, value):
        with contextlib.suppress(reader.Damage):
            entry = reader.read_entry(key, reader.canonical(plain))
            assert isinstance(entry.name, str)
            if isinstance(entry, reader.Item):
                assert all(isinstance(cell, str) for cell in map(reader._cell, reader.item_row(entry, "").values()))
                reader.Filter(words=("a",), since=0).takes(entry)


def every_kind_of_file(files: list[str]) -> Iterator[str]:
    """One of each folder."""
    seen = set()
    for name in files:
        if name.partition("/")[0] not in seen:
            seen.add(name.partition("/")[0])
            yield name


def test_every_bit_that_is_read_is_proven(bench: Bench) -> None:
    """A bit in each twentieth of one file of each kind: none changes what comes out without a word."""
    for name in every_kind_of_file(bench.files):
        if name.startswith(("limited/", "leases/", "unfinished/")):
            continue
        whole = (bench.whole / name).read_bytes()
        for part in range(20):
            bench.restore()
            (bench.folder / name).write_bytes(flipped(whole, len(whole) * 8 * part // 20))
            code, out, err = told(bench, "check", "--read-data")
            assert code != reader.DONE, (name, part)
            assert out or err
