"""Seals: what is altered anywhere is noticed, and everybody can look without a vault."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saasbackup_desktop.app.reports.plain import from_json, to_json
from saasbackup_desktop.app.reports.sealing import PURPOSE, Signing, content_of, examine
from saasbackup_desktop.app.reports.views import Kind, Outcome, Report, Table
from saasbackup_desktop.app.words import reports as words
from saasbackup_desktop.vault.format.keys import Keys

MADE = 1_795_233_600
OURS = Signing(bytes(range(32)), "ab" * 16)
OTHERS = Signing(bytes(range(1, 33)), "cd" * 16)
REPORT = Report(
    kind=Kind.RESTORE,
    made=MADE,
    vault="ab" * 16,
    by="Ελένη@lotus",
    facts=(("written", 4), ("by", "dana"), ("made-at", None)),
    tables=(Table(code="items", columns=("folder", "name"), rows=(("Reisen", "=1+1"), ("", "日本語 \ud800"))),),
)
JSON = OURS.seal(to_json(REPORT), MADE)
PDF = OURS.seal(b"%PDF-1.4\n" + bytes(range(256)) + b"\n%%EOF\n", MADE)


def test_a_sealed_report_is_whole_and_names_its_key() -> None:
    for data in (JSON, PDF):
        found = examine(data)
        assert found.outcome is Outcome.WHOLE
        assert (found.fingerprint, found.vault, found.made) == (OURS.fingerprint, "ab" * 16, MADE)
        assert len(OURS.fingerprint) == 64


def test_what_is_sealed_can_be_read_back() -> None:
    assert from_json(content_of(JSON)) == REPORT
    assert to_json(from_json(to_json(REPORT))) == to_json(REPORT)
    with pytest.raises(ValueError, match="another format"):
        from_json(json.dumps({"format": "other"}).encode())


@pytest.mark.parametrize("data", [JSON, PDF], ids=["json", "pdf"])
def test_every_altered_byte_is_noticed(data: bytes) -> None:
    for place in range(len(data)):
        for mask in (0x01, 0x20, 0x80):
            altered = bytearray(data)
            altered[place] ^= mask
            assert examine(bytes(altered)).outcome is not Outcome.WHOLE, (place, mask)


@pytest.mark.parametrize("data", [JSON, PDF], ids=["json", "pdf"])
def test_every_cut_is_noticed(data: bytes) -> None:
    for end in range(len(data)):
        assert examine(data[:end]).outcome is Outcome.UNSEALED, end


@settings(max_examples=80, deadline=None)
@given(st.integers(0, len(JSON)), st.binary(min_size=1, max_size=12))
def test_nothing_can_be_put_in(place: int, more: bytes) -> None:
    assert examine(JSON[:place] + more + JSON[place:]).outcome is not Outcome.WHOLE


def test_each_kind_of_harm_has_a_name_of_its_own() -> None:
    assert examine(JSON.replace(b'"written",4', b'"written",5')).outcome is Outcome.ALTERED
    last = JSON.splitlines(keepends=True)[-1]
    seal = json.loads(last)
    digit = "0" if seal["signature"][0] != "0" else "1"
    forged = JSON.replace(seal["signature"].encode(), (digit + seal["signature"][1:]).encode())
    assert examine(forged).outcome is Outcome.FORGED
    shouted = JSON.replace(seal["signature"].encode(), seal["signature"].upper().encode())
    assert examine(shouted).outcome is Outcome.UNSEALED
    assert examine(to_json(REPORT)).outcome is Outcome.UNSEALED
    assert examine(b"").outcome is Outcome.UNSEALED
    assert {words.verdict(examine(data)).title for data in (JSON, forged, shouted)} == {
        "The report is genuine",
        "The seal is not genuine",
        "There is no whole seal",
    }


def test_somebody_elses_seal_does_not_pass_for_ours() -> None:
    other = OTHERS.seal(to_json(REPORT), MADE)
    assert examine(other).outcome is Outcome.WHOLE
    assert examine(other).fingerprint != OURS.fingerprint
    swapped = other.replace(OTHERS.public.hex().encode(), OURS.public.hex().encode())
    assert examine(swapped).outcome is Outcome.FORGED
    named = other.replace(OTHERS.fingerprint.encode(), OURS.fingerprint.encode())
    assert examine(named).outcome is Outcome.FORGED


def test_the_key_outlives_the_rotation_of_the_vaults_keys() -> None:
    first, second = bytes(32), bytes(range(32))
    before, after = Keys([first], "ab" * 16), Keys([second, first], "ab" * 16)
    purpose = f"app/{PURPOSE}"
    assert Signing(before.derive(purpose), "").fingerprint == Signing(after.derive(purpose), "").fingerprint
    assert Signing(Keys([second], "ab" * 16).derive(purpose), "").fingerprint != OURS.fingerprint


def test_a_fingerprint_is_written_to_be_compared() -> None:
    assert words.grouped("0123456789abcdef") == "01234567 89abcdef"
