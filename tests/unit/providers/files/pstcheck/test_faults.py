"""Each thing that can be wrong is made wrong once, and found."""

import ast
import inspect
import os
import random
import re
import shutil
from pathlib import Path

import pytest

from saasbackup_desktop.providers.files import pstcheck
from saasbackup_desktop.providers.files.pstcheck import FAULTS, NOTES, Report, check
from tests.unit.providers.files.pstcheck import faults, files
from tests.unit.providers.files.pstcheck.faults import DATED_FAULTS, WIDE_FAULTS, Fault
from tests.unit.providers.files.pstcheck.patient import Patient

_ATTACKS = int(os.environ.get("SAASBACKUP_ATTACKS", "40"))
_ELSEWHERE = {
    "cut": "a file that ends inside its trees: test_cut_anywhere",
    "data-beyond": "cannot follow from bytes alone: every caller counts blocks first",
    "properties-levels": "test_reading: more properties than one level of a tree takes",
    "row-ids": "Outlook's own file with ids: test_samples",
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return files.small(tmp_path_factory.mktemp("pst") / "small.pst")


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return files.wide(tmp_path_factory.mktemp("pst") / "wide.pst")


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return files.dated(tmp_path_factory.mktemp("pst") / "dated.pst")


def infected(source: Path, folder: Path, fault: Fault) -> Report:
    copy = folder / "ill.pst"
    shutil.copyfile(source, copy)
    patient = Patient(copy)
    try:
        fault(patient)
    finally:
        patient.close()
    return check(copy)


def _named(cases: list[tuple[str, Fault]]) -> list[str]:
    return [f"{code}-{number}" for number, (code, _) in enumerate(cases)]


def test_nothing_is_wrong(small: Path) -> None:
    assert not check(small).findings


def test_nothing_is_wrong_with_many_levels(wide: Path) -> None:
    assert not check(wide).findings


@pytest.mark.parametrize(("code", "fault"), faults.FAULTS, ids=_named(faults.FAULTS))
def test_fault_is_found(small: Path, tmp_path: Path, code: str, fault: Fault) -> None:
    assert code in infected(small, tmp_path, fault).times


@pytest.mark.parametrize(("code", "fault"), WIDE_FAULTS, ids=_named(WIDE_FAULTS))
def test_fault_of_levels_is_found(wide: Path, tmp_path: Path, code: str, fault: Fault) -> None:
    assert code in infected(wide, tmp_path, fault).times


@pytest.mark.parametrize(("code", "fault"), DATED_FAULTS, ids=_named(DATED_FAULTS))
def test_fault_of_calendars_is_found(dated: Path, tmp_path: Path, code: str, fault: Fault) -> None:
    assert code in infected(dated, tmp_path, fault).times


def test_nothing_is_wrong_with_calendars(dated: Path) -> None:
    assert not check(dated).findings


def test_maps_far_into_a_file_are_held_to_it(tmp_path: Path) -> None:
    """From the 128th section on, the longest free runs stand in pages of their own."""
    path = files.long(tmp_path / "long.pst", 34_000_000)
    assert not check(path).findings
    patient = Patient(path)
    runs = 0x4400 + 128 * 253_952 + 1024
    assert patient.bytes[runs + 496] == 0x82
    patient.page(runs, 1, bytes([patient.bytes[runs + 1] ^ 1]))
    patient.close()
    assert set(check(path).times) == {"free-run"}
    data = bytearray(path.read_bytes())
    data[runs + 300] ^= 1
    path.write_bytes(data)
    assert set(check(path).times) == {"free-run", "page-crc"}
    patient = Patient(path)
    patient.block(patient.internal(1, level=2), 4, b"\x01\x02")
    patient.close()
    assert set(check(path).times) == {"free-run", "page-crc", "joined-total"}


def test_every_code_is_proven() -> None:
    folder = Path(inspect.getfile(pstcheck)).parent
    told = {
        node.value
        for path in folder.glob("*.py")
        if path.name != "findings.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch("[a-z]+(-[a-z]+)+|cut|password", node.value)
    } - {"utf-16-le"}
    assert told == FAULTS | NOTES
    assert not FAULTS & NOTES
    assert told == {code for code, _ in faults.FAULTS + WIDE_FAULTS + DATED_FAULTS} | set(_ELSEWHERE)


def test_flipped_bytes_are_found_or_mean_nothing(small: Path, tmp_path: Path) -> None:
    """Whatever byte of a block or page is changed, its sum tells it."""
    whole = small.read_bytes()
    chosen = random.Random(7)
    patient = Patient(shutil.copyfile(small, tmp_path / "whole.pst"))
    spots = [patient.place(bid) for bid in patient.file.blocks.bids]
    spots += [(at, 496) for kind in (0x80, 0x81) for at in patient.pages(kind)]
    patient.close()
    ill = tmp_path / "ill.pst"
    for at, size in chosen.sample(spots, 25):
        data = bytearray(whole)
        data[at + chosen.randrange(size)] ^= 1 << chosen.randrange(8)
        ill.write_bytes(data)
        assert {"block-crc", "page-crc"} & check(ill).times.keys()


def test_whatever_blocks_say_nothing_breaks(small: Path, tmp_path: Path) -> None:
    """Bytes are changed and their sums mended: what reads them must tell, or not mind."""
    chosen = random.Random(11)
    for _ in range(_ATTACKS):
        patient = Patient(shutil.copyfile(small, tmp_path / "ill.pst"))
        for bid in chosen.sample(list(patient.file.blocks.bids), 3):
            size = patient.place(bid)[1]
            patient.block(bid, chosen.randrange(size), bytes([chosen.choice((0, 1, 0x7F, 0x80, 0xFF))]))
        patient.close()
        check(tmp_path / "ill.pst")


def test_cut_anywhere(small: Path, tmp_path: Path) -> None:
    whole = small.read_bytes()
    found = set()
    for size in (0, 4, 563, 564, 1000, 0x4400, 0x4600, 0x9000, 300_000, len(whole) - 1):
        (tmp_path / "cut.pst").write_bytes(whole[:size])
        report = check(tmp_path / "cut.pst")
        assert not report.sound
        found |= report.times.keys()
    assert "cut" in found


def test_stops_when_asked(small: Path) -> None:
    steps: list[tuple[int, int]] = []
    report = check(small, lambda done, total: steps.append((done, total)), lambda: len(steps) >= 1)
    assert steps
    assert not report.counts["messages"]
