"""The stand-alone reader gets everything out of a vault that the program wrote, and says what it cannot get."""

import ast
import contextlib
import csv
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saasbackup_desktop.core.model import Edit
from tests.conformance.made_vault import INSIDE, Made, make
from tests.conformance.reading import FILE, Result, reader, run
from tests.unit.vault.conftest import INBOX, PASSPHRASE, STREAM, Place, head, item


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Made]:
    """A vault that nobody changes, and what is in it."""
    folder = tmp_path_factory.mktemp("shelf") / "vault"
    return folder, make(folder)


@pytest.fixture
def copy(shelf: tuple[Path, Made], tmp_path: Path) -> tuple[Path, Made]:
    """A vault to damage."""
    folder = tmp_path / "vault"
    shutil.copytree(shelf[0], folder)
    return folder, shelf[1]


def extracted(target: Path) -> list[tuple[str, str, str]]:
    """Folder, id and SHA-256 of what was extracted; the files are read."""
    found = []
    for lists in sorted(target.rglob("items*.jsonl")):
        for line in lists.read_text().splitlines():
            row = json.loads(line)
            if row["state"] in ("written", "there"):
                data = (lists.parent / row["file"]).read_bytes()
                assert hashlib.sha256(data).hexdigest() == row["sha256"]
                found.append((row["folder"], row["id"], row["sha256"]))
    return found


def expected(made: Made, vault: str = "", at: str = "") -> list[tuple[str, str, str]]:
    return [(i.folder, i.id, i.sha256) for i in made.items if i.vault == vault and at in ("", i.snapshot)]


def state_of(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path): (path.stat().st_mtime_ns, path.read_bytes()) for path in sorted(folder.rglob("*")) if path.is_file()
    }


@pytest.mark.parametrize("way", ["passphrase", "recovery", "device"])
def test_extracts_everything_and_changes_nothing(shelf: tuple[Path, Made], tmp_path: Path, way: str) -> None:
    folder, made = shelf
    before = state_of(folder)
    kind = "--passphrase-file" if way == "passphrase" else "--recovery-key-file"
    done = run(folder, getattr(made, way), "extract", tmp_path / "out", "--at", "all", kind=kind)
    assert (done.code, done.told.count("NOT")) == (0, 0), done.told
    assert sorted(extracted(tmp_path / "out")) == sorted(expected(made))
    assert state_of(folder) == before


def test_vault_has_something_of_everything(shelf: tuple[Path, Made]) -> None:
    """Else the other tests prove less than they say."""
    folder, made = shelf
    vault = reader.Vault(folder, reader.Secret(made.passphrase))
    tables = [vault.blobs.table(name, reader._purpose(name)) for name in vault.blobs.files]
    words = [word for _, blobs in tables for *_, word in blobs]
    assert {pack.epoch for pack, _ in tables} == {1, 2}
    assert any(word & reader.WITH_DICTIONARY for word in words)
    assert any(word & reader.COMPRESSED and not word & reader.WITH_DICTIONARY for word in words)
    assert any(not word & reader.COMPRESSED for word in words)
    codings = {
        coding.partition("@")[0]
        for point in vault.points
        for entry in vault.items(point, pytest.fail)
        for _, _, coding in (entry.body.recipe if entry.body else ())
    }
    vault.close()
    assert codings == {"raw", "more", "base64-76-crlf", "base64-60-crlf", "base64-64-lf"}
    assert len(vault.limited()) == 1


def test_tells_what_is_there(shelf: tuple[Path, Made]) -> None:
    folder, made = shelf
    told = dict(line.split("\t", 1) for line in run(folder, made.passphrase, "info").out.decode().splitlines()[:14])
    assert (told["vault"], told["format"], told["epoch"], told["limited-vaults"]) == (
        made.vault,
        "1",
        "2",
        made.limited,
    )
    accounts = run(folder, made.passphrase, "accounts")
    assert [(line[0], line[1], line[4]) for line in accounts.lines] == [
        ("Bob@Example.org", "", "2"),
        ("ada@example.org", "Ada Lovelace", "2"),
    ]
    assert made.limited in accounts.told
    points = run(folder, made.passphrase, "snapshots", "--account", "bob@example.ORG").lines
    assert [line[4] for line in points] == ["complete", "partial"]
    assert [(line[0] == made.in_trash, bool(line[9])) for line in points] == [(True, True), (False, False)]
    told = run(folder, made.passphrase, "info").out.decode()
    assert all(word in told for word in ("trash\t", "hold\t", "Proze", "policy\t", "device\ta server"))
    folders = run(folder, made.passphrase, "folders", "--account", "ada@example.org").lines
    assert [line[0] for line in folders] == [
        "..",
        "Arbeit/2024: “Ü”",
        "Arbeit/2024: “Ü”/CON",
        "Arbeit/2024: “Ü”/con",
        "INBOX",
    ]


def test_lists_a_folder_at_a_time(shelf: tuple[Path, Made]) -> None:
    folder, made = shelf
    ada = ("--account", "ada@example.org")
    newest = {line[0] for line in run(folder, made.passphrase, "list", "INBOX", *ada).lines}
    points = sorted({i.snapshot for i in made.items if i.account == "ada@example.org"})
    first = {line[0] for line in run(folder, made.passphrase, "list", "inbox", *ada, "--at", points[0]).lines}
    assert first - newest == {"plain-2", "plain-3"}
    assert newest - first == {"new"}
    by_time = run(folder, made.passphrase, "list", "INBOX", *ada, "--at", "2025-10-09T10:00:00Z").lines
    assert {line[0] for line in by_time} == first
    assert run(folder, made.passphrase, "list", "INBOX", *ada, "--at", "2001-01-01").code == reader.USAGE


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        (["ATTACHMENTS"], {"two"}),
        (["--subject", "letter 1", "--to", "ADA@"], {"plain-1"} | {f"plain-{n}" for n in range(10, 20)}),
        (["--from", "zoë", "second", "point"], {"second"}),
        (["--from", "nobody"], set()),
        (["--folder", "Arbeit/2024: “Ü”/CON"], {"long", "big", "empty"}),
        (["--since", "2025-10-07T08:53:20Z", "--until", "2025-10-08T08:53:20Z"], {"plain-1"}),
    ],
)
def test_searches(shelf: tuple[Path, Made], words: list[str], ids: set[str]) -> None:
    folder, made = shelf
    done = run(folder, made.passphrase, "search", *words, "--account", "ada@example.org")
    assert done.code == 0, done.told
    assert {line[0] for line in done.lines} == ids


def test_says_nothing_that_steers_a_terminal(shelf: tuple[Path, Made]) -> None:
    folder, made = shelf
    done = run(folder, made.passphrase, "list", "..", "--account", "ada@example.org")
    assert b"evil" in done.out
    assert not re.search(rb"[\x00-\x08\x0b-\x1f]", done.out)


def test_gives_original_bytes(shelf: tuple[Path, Made]) -> None:
    folder, made = shelf
    for found in (i for i in made.items if i.id in ("two", "big", "empty", "turned")):
        done = run(folder, made.passphrase, "cat", found.id, "--at", found.snapshot)
        assert (done.code, hashlib.sha256(done.out).hexdigest()) == (0, found.sha256)
    assert run(folder, made.passphrase, "cat", "plain-2", "--account", "ada@example.org").code == reader.USAGE


def test_opens_limited_vaults_with_their_own_keys(shelf: tuple[Path, Made], tmp_path: Path) -> None:
    folder, made = shelf
    inside = ("--limited", made.limited[:8])
    assert run(folder, made.passphrase, "accounts", *inside).code == reader.LOCKED
    done = run(folder, INSIDE, "extract", tmp_path / "out", *inside)
    assert done.code == 0, done.told
    assert extracted(tmp_path / "out") == expected(made, made.limited)
    assert run(folder, INSIDE, "accounts").code == reader.LOCKED
    assert run(folder, INSIDE, "accounts", "--limited", "f00").code == reader.USAGE


def test_file_names_suit_every_system(shelf: tuple[Path, Made], tmp_path: Path) -> None:
    folder, made = shelf
    assert run(folder, made.passphrase, "extract", tmp_path / "out", "--at", "all").code == 0
    names = [path.relative_to(tmp_path / "out") for path in (tmp_path / "out").rglob("*")]
    assert len({reader.folded(str(name)) for name in names}) == len(names)
    for part in {part for name in names for part in name.parts}:
        assert is_good_name(part), part


_DEVICES = r"(CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(COM|LPT)[0-9¹²³])\s*"


def is_good_name(name: str) -> bool:
    """What Windows, macOS and Linux all take."""
    return (
        0 < len(name.encode()) <= 200
        and not re.search(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]', name)
        and name[-1] not in " ."
        and not name.startswith((" ", "."))
        and re.fullmatch(_DEVICES, name.partition(".")[0], re.IGNORECASE) is None
    )


NAMES = st.one_of(
    st.text(max_size=300),
    st.sampled_from(
        ["CON", "con.txt", "nul ", "COM¹", "..", ".", "", " ", "a" * 500, "é" * 200, "e\u0301", "\ud800", "x."]
    ),
    st.text(alphabet='<>:"/\\|?*. \x00\x1f\u202eCONnul1', max_size=40),
)


@given(NAMES, st.integers(8, 120))
def test_any_text_makes_a_good_name(text: str, most: int) -> None:
    name = reader.safe_name(text, most)
    assert is_good_name(name)
    assert len(name.encode()) <= most


@given(st.lists(st.tuples(NAMES, st.integers(-1, 12)), max_size=12))
def test_no_two_folders_share_a_path(said: list[tuple[str, int]]) -> None:
    """Whatever they are called, and even if they are their own ancestors."""
    folders = {
        str(number): reader.Folder(str(number), str(parent) if parent >= 0 else "", name, "", {})
        for number, (name, parent) in enumerate(said)
    }
    paths = reader.file_paths(folders, ["items.csv"])
    assert paths.keys() == folders.keys()
    assert len({reader.folded(path) for path in paths.values()} | {"items.csv"}) == len(folders) + 1
    for path in paths.values():
        assert all(is_good_name(part) for part in path.split("/"))


def test_deep_folders_are_brought_up() -> None:
    folders = {str(n): reader.Folder(str(n), str(n - 1) if n else "", "n" * 70, "", {}) for n in range(200)}
    paths = reader.file_paths(folders, [])
    assert len(set(paths.values())) == 200
    assert max(map(len, paths.values())) < 2200


def test_goes_on_where_it_was(shelf: tuple[Path, Made], tmp_path: Path) -> None:
    folder, made = shelf
    out = tmp_path / "out"
    words = ("extract", out, "--account", "ada@example.org")
    assert run(folder, made.passphrase, *words).code == 0
    files = sorted(out.rglob("*.eml"))
    files[0].unlink()
    files[1].write_bytes(b"somebody wrote into this one")
    times = {file: file.stat().st_ctime_ns for file in files[2:]}
    again = run(folder, made.passphrase, *words)
    assert again.code == 0
    assert f"2 written, {len(files) - 2} were there already" in again.told
    assert files[1].read_bytes() == b"somebody wrote into this one"
    assert {file: file.stat().st_ctime_ns for file in files[2:]} == times
    newest = max(i.snapshot for i in made.items if i.account == "ada@example.org")
    assert sorted(extracted(out)) == sorted(expected(made, at=newest))


def test_parts_beside_the_body_are_extracted(tmp_path: Path) -> None:
    place = Place(tmp_path / "vault")
    with place.create().writer(STREAM, "me") as writer:
        parts = {"photo.jpg": writer.add(b"a photo"), "PHOTO.JPG": writer.add(b"another"), "..": writer.add(b"a third")}
        node = replace(item(1, writer.add(b"the body")), parts=parts)
        writer.seal(head(writer.apply("", [Edit(None, INBOX), Edit(None, node)])))
    assert run(place.folder, PASSPHRASE, "extract", tmp_path / "out").code == 0
    assert sorted(
        file.read_bytes() for file in (tmp_path / "out").rglob("*") if file.name[:5] != "items" and file.is_file()
    ) == [
        b"a photo",
        b"a third",
        b"another",
        b"the body",
    ]
    assert len(extracted(tmp_path / "out")) == 4
    assert run(place.folder, PASSPHRASE, "cat", node.id, "--part", "..").out == b"a third"


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_cancelled_cleanly(tmp_path: Path, sign: signal.Signals) -> None:
    place = Place(tmp_path / "vault")
    vault = place.create()
    with vault.writer(STREAM, "me") as writer:
        items = [item(number, writer.add(f"{number} ".encode() * 200)) for number in range(3000)]
        writer.seal(head(writer.apply("", [Edit(None, node) for node in (INBOX, *items)])))
    (tmp_path / "pass").write_text(PASSPHRASE)
    out = tmp_path / "out"
    command = [sys.executable, str(FILE), str(place.folder), "extract", str(out)]
    command += ["--passphrase-file", str(tmp_path / "pass")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None and not next(out.rglob("*.eml"), None):
            time.sleep(0.01)
        process.send_signal(sign)
        _, told = process.communicate()
    assert process.returncode == reader.CANCELLED, told
    assert b"Traceback" not in told
    assert not list(out.rglob("*.part"))
    assert len(list(out.rglob("*.eml"))) < len(items)
    done = run(place.folder, PASSPHRASE, "extract", out)
    assert done.code == 0
    assert len(extracted(out)) == len(items)


def test_lists_hold_flags_dates_and_no_formulas(shelf: tuple[Path, Made], tmp_path: Path) -> None:
    folder, made = shelf
    assert (
        run(folder, made.passphrase, "extract", tmp_path, "--subject", "letter 5", "--account", "ada@example.org").code
        == 0
    )
    (table,) = tmp_path.rglob("items *.csv")
    with table.open(encoding="utf-8-sig", newline="") as lines:
        rows = {row["id"]: row for row in csv.DictReader(lines)}
    assert rows["plain-5"]["flags"] == "\\Seen"
    assert rows["plain-5"]["from"] == "Zoë Ærlig <zoe@example.net>"
    assert rows["plain-5"]["received"].endswith("Z")
    assert reader._cell("=cmd|x") == "'=cmd|x"
    (file,) = tmp_path.rglob(Path(rows["plain-5"]["file"]).name)
    assert reader.iso(int(file.stat().st_mtime)) == rows["plain-5"]["received"]


def test_reads_by_the_packs_tables_where_the_index_is_lost(copy: tuple[Path, Made], tmp_path: Path) -> None:
    folder, made = copy
    segments = list((folder / "index").iterdir())
    segments[0].write_bytes(b"SBVSEAL1" + bytes(200))
    for segment in segments[1:]:
        segment.unlink()
    done = run(folder, made.passphrase, "extract", tmp_path / "out", "--at", "all")
    assert done.code == 0, done.told
    assert segments[0].name in done.told
    assert sorted(extracted(tmp_path / "out")) == sorted(expected(made))
    shutil.rmtree(folder / "index")
    assert run(folder, made.passphrase, "check", "--read-data").code == 0


def test_reads_without_its_description(copy: tuple[Path, Made], tmp_path: Path) -> None:
    folder, made = copy
    (folder / "vault.json").unlink()
    done = run(folder, made.passphrase, "extract", tmp_path / "out", "--at", "all")
    assert done.code == 0
    assert "vault.json: is missing" in done.told
    assert sorted(extracted(tmp_path / "out")) == sorted(expected(made))


def test_damage_costs_its_own_items_only(copy: tuple[Path, Made], tmp_path: Path) -> None:
    """One byte in the middle of the largest pack, and another pack gone."""
    folder, made = copy
    packs = sorted((folder / "packs").rglob("*/*"), key=lambda path: path.stat().st_size)
    data = bytearray(packs[-1].read_bytes())
    data[9000] ^= 1
    packs[-1].write_bytes(data)
    packs[0].unlink()
    done = run(folder, made.passphrase, "extract", tmp_path / "out", "--at", "all")
    assert done.code == reader.IN_PART
    found, wanted = extracted(tmp_path / "out"), expected(made)
    assert set(found) < set(wanted)
    assert len(set(found)) > len(set(wanted)) // 2
    lost = [json.loads(line) for lists in tmp_path.rglob("items.jsonl") for line in lists.read_text().splitlines()]
    lost = [row for row in lost if row["state"] == "damaged"]
    assert {(row["folder"], row["id"], row["sha256"]) for row in lost} == set(wanted) - set(found)
    assert all(row["problem"] and row["subject"] in done.told for row in lost)
    checked = run(folder, made.passphrase, "check", "--read-data")
    assert checked.code == reader.DAMAGED
    assert packs[-1].name in checked.out.decode()
    assert all(row["subject"] in checked.out.decode() for row in lost)


def test_packs_that_were_set_aside_are_still_looked_into(copy: tuple[Path, Made], tmp_path: Path) -> None:
    folder, made = copy
    for pack in list((folder / "packs").rglob("*/*")):
        aside = folder / "aside" / pack.parent.name / pack.name
        aside.parent.mkdir(parents=True, exist_ok=True)
        pack.rename(aside)
    done = run(folder, made.passphrase, "extract", tmp_path / "out", "--at", "all")
    assert done.code == 0, done.told
    assert sorted(extracted(tmp_path / "out")) == sorted(expected(made))


def test_a_damaged_head_costs_its_point_in_time(copy: tuple[Path, Made]) -> None:
    folder, made = copy
    for name in sorted((folder / "snapshots").rglob("*/*"))[:1]:
        name.write_bytes(name.read_bytes()[:-1])
    done = run(folder, made.passphrase, "snapshots")
    assert (done.code, len(done.lines)) == (reader.IN_PART, 3)
    assert name.name in done.told


def _mistyped(recovery: str) -> str:
    """The same key with its first letter wrong."""
    return ("B" if recovery[0] == "A" else "A") + recovery[1:]


def test_names_what_opens_nothing(shelf: tuple[Path, Made], copy: tuple[Path, Made], tmp_path: Path) -> None:
    folder, made = copy
    told = {
        "wrong": run(folder, "no such pass phrase", "info"),
        "old": run(folder, made.old_passphrase, "info"),
        "typing": run(folder, _mistyped(made.recovery), "info", kind="--recovery-key-file"),
        "nothing": run(tmp_path / "nowhere", made.passphrase, "info"),
        "no vault": run(tmp_path, made.passphrase, "info"),
    }
    assert [result.code for result in told.values()] == [6, 6, 6, 7, 7]
    assert "Wrong passphrase" in told["wrong"].told
    assert "typing mistake" in told["typing"].told
    assert "no folder" in told["nothing"].told
    assert "not a vault" in told["no vault"].told
    assert not any("Traceback" in result.told for result in told.values())
    shutil.rmtree(folder / "snapshots")
    assert "none can be read" in failed(run(folder, made.passphrase, "extract", tmp_path / "out"), reader.DAMAGED)
    shutil.rmtree(folder / "keys")
    assert (run(folder, made.passphrase, "info").code, "keys/" in run(folder, made.passphrase, "info").told) == (
        7,
        True,
    )


def test_a_newer_format_is_named(copy: tuple[Path, Made]) -> None:
    folder, made = copy
    plain = json.loads((folder / "vault.json").read_text())
    (folder / "vault.json").write_text(json.dumps({**plain, "format": 2}))
    assert "format 2" in failed(run(folder, made.passphrase, "info"), reader.FAILED)
    (folder / "vault.json").write_text(json.dumps({**plain, "required": [*plain["required"], "telepathy"]}))
    assert "telepathy" in failed(run(folder, made.passphrase, "info"), reader.FAILED)
    (folder / "vault.json").write_text(json.dumps({**plain, "created": 1}))
    assert "vault.json: was altered" in run(folder, made.passphrase, "info").told


def test_keys_from_before_a_rotation_are_told(copy: tuple[Path, Made], tmp_path: Path) -> None:
    """A copy whose key slots are older than its packs."""
    place = Place(tmp_path / "other")
    vault = place.create()
    old = {path.name: path.read_bytes() for path in place.files("keys")}
    with vault.writer(STREAM, "me") as writer:
        body = writer.add(b"before")
        root = writer.apply("", [Edit(None, INBOX), Edit(None, item(1, body))])
        writer.seal(head(root, 1))
    vault.rotate("another pass phrase", "me")
    with vault.writer(STREAM, "me") as writer:
        body = writer.add(b"after")
        writer.seal(head(writer.apply(root, [Edit(None, item(2, body))]), 2))
    for path in place.files("keys"):
        path.unlink()
    for name, data in old.items():
        (place.folder / "keys" / name).write_bytes(data)
    done = run(place.folder, PASSPHRASE, "snapshots")
    assert (done.code, len(done.lines)) == (reader.IN_PART, 1)
    assert "after its keys were replaced" in done.told


def failed(result: Result, code: int) -> str:
    assert result.code == code
    assert "Traceback" not in result.told
    return result.told


def test_stands_alone() -> None:
    """Nothing but the standard library, cryptography and zstandard; not a line of the program."""
    imported = set()
    for node in ast.walk(ast.parse(FILE.read_text())):
        if isinstance(node, ast.Import):
            imported |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").partition(".")[0])
    assert imported - set(sys.stdlib_module_names) == {"cryptography", "zstandard"}


@pytest.mark.skipif(sys.platform != "linux", reason="/proc MISSING: memory was not measured")
def test_large_items_do_not_fill_the_memory(tmp_path: Path) -> None:
    place = Place(tmp_path / "vault")
    vault = place.create()
    with vault.writer(STREAM, "me") as writer:
        line = os.urandom(4096)
        body = writer.add_pieces(line * 256 for _ in range(200))
        writer.seal(head(writer.apply("", [Edit(None, INBOX), Edit(None, item(1, body))])))
    (tmp_path / "pass").write_text(PASSPHRASE)
    code = (
        "import re, runpy, sys; sys.argv[0] = sys.argv[1]; del sys.argv[1]\n"
        "try: runpy.run_path(sys.argv[0], run_name='__main__')\n"
        "finally: print(re.search(r'VmHWM:\\s*(\\d+)', open('/proc/self/status').read())[1])"
    )
    command = [sys.executable, "-c", code, str(FILE), str(place.folder), "extract", str(tmp_path / "out")]
    command += ["--passphrase-file", str(tmp_path / "pass")]
    told = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    (file,) = (tmp_path / "out").rglob("*.eml")
    assert file.stat().st_size == 200 << 20
    print("kilobytes:", told.split()[-1])
    assert int(told.split()[-1]) < 100 * 1024


def test_output_that_nobody_reads_on(shelf: tuple[Path, Made], tmp_path: Path) -> None:
    folder, made = shelf
    (tmp_path / "pass").write_text(made.passphrase)
    command = [
        sys.executable,
        str(FILE),
        str(folder),
        "search",
        "--at",
        "all",
        "--passphrase-file",
        str(tmp_path / "pass"),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        told = process.stderr.read()
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    assert told == b""
    assert process.returncode == 0


def test_without_its_libraries_it_says_what_to_install(tmp_path: Path) -> None:
    command = [sys.executable, "-I", "-S", str(FILE), str(tmp_path), "info"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert "-m venv ~/reader && ~/reader/bin/pip install -U cryptography zstandard" in line
