"""Comparisons as files: everything is in them, and nothing that strangers wrote does anything."""

import asyncio
import csv
import io
import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pytest

from saasbackup_desktop.app.entra.exporting.csv_file import COLUMNS
from saasbackup_desktop.app.entra.exporting.json_file import FORMAT
from saasbackup_desktop.app.entra.exporting.saving import save_comparison
from saasbackup_desktop.core.directory.comparison import LIVE, CompareRequest, DifferenceQuery
from saasbackup_desktop.core.directory.difference import ObjectDifference
from saasbackup_desktop.core.directory.objects import Link
from saasbackup_desktop.core.errors import HomeFault, Misconfigured
from saasbackup_desktop.core.ids import SnapshotId
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.directory.comparing import Comparisons
from tests.unit.engine.directory.conftest import Save
from tests.unit.engine.directory.tenant import STREAM, Tenant

ANN = "11111111-1111-4111-8111-111111111111"
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>"
FORMULA = "=cmd|'/C calc'!A1"


@dataclass
class Desk:
    """Compares two moments and writes it."""

    bench: Bench
    comparisons: Comparisons
    folder: Path
    id: str = ""

    async def compare(self, old: SnapshotId, new: SnapshotId) -> None:
        self.id = (await self.comparisons.begin(CompareRequest(stream=STREAM, old=old, new=new))).id
        async with asyncio.timeout(30):
            while True:
                if self.comparisons.state(self.id).is_done:
                    return
                await asyncio.sleep(0.002)

    async def written(self, form: str, *, with_noise: bool = False) -> bytes:
        file = self.folder / f"comparison.{form}"
        await save_comparison(self.bench, self.comparisons, self.id, form, file, "ada@home", with_noise=with_noise)
        assert [one.name for one in self.folder.iterdir()] == [file.name]
        data = file.read_bytes()
        file.unlink()
        return data

    async def whole(self, *, with_noise: bool) -> list[ObjectDifference]:
        query = DifferenceQuery(with_noise=with_noise)
        return [one async for some in self.comparisons.whole(self.id, query) for one in some]


def hidden(folder: Path) -> list[Path]:
    """What a file on its way leaves behind."""
    return list(folder.glob(".*"))


def text_of(pdf: bytes) -> str:
    """What a reader shows."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not here")
    command = ["pdftotext", "-layout", "-", "-"]
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()


@pytest.fixture
async def desk(directory_bench: Bench, comparisons: Comparisons, tenant: Tenant, save: Save, tmp_path: Path) -> Desk:
    tenant.put("users", ANN, name="Ann Øre 名前", lastSeen="1")
    tenant.put("users", "2", name=FORMULA, about="one two three\nfour", x={"a.b": [1, {"c": EVIL}], "d": True})
    tenant.put("users", "3", name=EVIL, lastSeen="1")
    tenant.put("groups", "7", Link("members", ANN), Link("members", "2", name=EVIL), name="Sales", note="\ud83d")
    tenant.put("policies", "9", name="Block everybody", users=[ANN], state="report")
    old = await save()
    tenant.change("users/2", about="one TWO three\nfour", x={"a.b": [1], "e": -1}, manager=ANN)
    tenant.change(f"users/{ANN}", lastSeen="2")
    del tenant.objects["users/3"]
    tenant.link("groups/7", Link("members", "2"), Link("owners", ANN))
    tenant.change("policies/9", users=[ANN, "All"], lastSeen="x")
    tenant.put("groups", "8", name="@SUM(1)", note=FORMULA)
    new = await save()
    (tmp_path / "files").mkdir()
    found = Desk(directory_bench, comparisons, tmp_path / "files")
    await found.compare(old, new)
    return found


@pytest.mark.parametrize("with_noise", [False, True])
async def test_json_has_all_of_it(desk: Desk, with_noise: bool) -> None:
    told = json.loads(await desk.written("json", with_noise=with_noise))
    assert told["format"] == FORMAT
    assert told["counts"]["users"] == {"changed": 2, "removed": 1, "noise": 1}
    assert told["total"] == len(told["objects"]) == (6 if with_noise else 5)
    expected = await desk.whole(with_noise=with_noise)
    assert [(one["kind"], one["id"], one["name"]) for one in told["objects"]] == [
        (one.kind, one.id, one.name) for one in expected
    ]
    for one, other in zip(told["objects"], expected, strict=True):
        wanted = [
            (change.path, change.old, change.new)
            for change in other.attributes
            if with_noise or not change.trait.is_noise
        ]
        assert [(change["path"], change["old"], change["new"]) for change in one["attributes"]] == wanted
        assert [(change["relation"], change["id"]) for change in one["links"]] == [
            (change.link.relation, change.link.id) for change in other.links
        ]
    [sales] = [one for one in told["objects"] if one["id"] == "7"]
    assert {(one["change"], one["name"]) for one in sales["links"]} == {
        ("removed", "Ann Øre 名前"),
        ("added", "Ann Øre 名前"),
    }


async def test_csv_has_all_of_it_and_no_formula(desk: Desk) -> None:
    data = await desk.written("csv", with_noise=True)
    lines = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert tuple(lines[0]) == COLUMNS
    assert not [cell for line in lines for cell in line.values() if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    expected = await desk.whole(with_noise=True)
    assert len(lines) == sum(len(one.attributes) + len(one.links) + (one.change.value != "changed") for one in expected)
    [about] = [line for line in lines if line["path"] == "about" and line["change"] == "changed"]
    assert (about["name"], about["old"], about["new"]) == (f"'{FORMULA}", "one two three\nfour", "one TWO three\nfour")
    [minus] = [line for line in lines if line["path"] == "x.e"]
    assert minus["new"] == "'-1"
    [gone] = [line for line in lines if line["part"] == "link" and line["change"] == "removed"]
    assert (gone["path"], gone["old"], gone["target name"], gone["noise"]) == ("members", ANN, "Ann Øre 名前", "no")
    assert {line["path"] for line in lines if line["noise"] == "yes"} == {"lastSeen"}


@dataclass
class Page(HTMLParser):
    """What a browser makes of it."""

    tags: list[str] = field(default_factory=list)
    attributes: list[tuple[str, str | None]] = field(default_factory=list)
    text: str = ""
    marked: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag != "meta":
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.text += data
        if self._open and self._open[-1] in ("ins", "del"):
            self.marked.append((self._open[-1], data))

    def closed(self) -> bool:
        return not self._open


async def test_html_shows_what_strangers_wrote_and_does_nothing_of_it(desk: Desk) -> None:
    page = Page()
    page.feed((await desk.written("html")).decode())
    assert page.closed()
    assert set(page.tags) <= {
        *("html", "head", "meta", "title", "style", "body", "h1", "h2", "dl", "dt", "dd", "p", "table", "thead"),
        *("tbody", "tr", "th", "td", "details", "summary", "b", "span", "ins", "del"),
    }
    assert {name for name, _ in page.attributes} <= {
        "lang",
        "charset",
        "http-equiv",
        "content",
        "name",
        "class",
        "open",
        "title",
    }
    assert EVIL in page.text
    assert FORMULA in page.text
    assert "Ann Øre 名前" in page.text
    assert "Left out: 1 object in which" in page.text
    assert ("del", "two") in page.marked
    assert ("ins", "TWO") in page.marked
    assert ("del", "Ann Øre 名前") in page.marked
    assert "lastSeen" not in page.text
    assert page.text.index("Users") < page.text.index("Groups")


async def test_html_says_when_nothing_differs_and_what_was_not_read(desk: Desk, tenant: Tenant, save: Save) -> None:
    tenant.denied.add("policies")
    await desk.compare(await save(), LIVE)
    page = Page()
    page.feed((await desk.written("html")).decode())
    assert "Nothing differs." in page.text
    assert "could not be read on one of the sides: Policies" in page.text


async def test_pdf_shows_it(desk: Desk) -> None:
    data = await desk.written("pdf")
    assert data.startswith(b"%PDF")
    text = text_of(data)
    for said in (
        "What differs in the directory",
        "contoso.example",
        "<script>",
        "TWO",
        "Removed",
        "Members",
        "Ann Øre",
    ):
        assert said in text


def _many(tenant: Tenant, count: int) -> Iterator[str]:
    for number in range(count):
        yield tenant.put("users", f"n{number}", about="long " * 3000, xs=[f"value {one}" for one in range(300)]).key


async def test_pdf_bears_very_long_values(desk: Desk, tenant: Tenant, save: Save) -> None:
    keys = list(_many(tenant, 3))
    old = await save()
    for key in keys:
        tenant.change(key, about="longer " * 3000, **{f"attribute{number}": "x" * 5000 for number in range(80)})
    tenant.link("groups/7", *(Link("members", f"n{number}") for number in range(200)))
    await desk.compare(old, LIVE)
    assert (await desk.written("pdf")).startswith(b"%PDF")


async def test_a_file_that_cannot_be_written_is_told(desk: Desk, tmp_path: Path) -> None:
    for place, reason in ((tmp_path / "nowhere" / "x.json", "file-no-folder"), (tmp_path / "files", "file-unwritable")):
        with pytest.raises(HomeFault) as raised:
            await save_comparison(desk.bench, desk.comparisons, desk.id, "json", place, "", with_noise=False)
        assert raised.value.facts["reason"] == reason
    with pytest.raises(Misconfigured):
        await save_comparison(desk.bench, desk.comparisons, desk.id, "doc", tmp_path / "x", "", with_noise=False)
    assert hidden(tmp_path) == []


async def test_an_older_file_stays_until_the_new_one_is_whole(desk: Desk, tenant: Tenant, tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_text("old")
    for pack in (tmp_path / "vault").rglob("*"):
        if pack.is_file() and "packs" in str(pack):
            pack.chmod(0o600)
            pack.write_bytes(bytes(pack.stat().st_size))
    with pytest.raises(Misconfigured):
        await save_comparison(desk.bench, desk.comparisons, desk.id, "json", file, "", with_noise=False)
    assert file.read_text() == "old"
    assert hidden(tmp_path) == []
