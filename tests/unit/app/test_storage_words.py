"""What a pre-flight finds is said in plain words."""

import re
from pathlib import Path

import pytest

from saasbackup_desktop.app.views import StoreFinding
from saasbackup_desktop.app.words.storage import CHECKS, OUTCOMES, check_name, explanation, verdict
from saasbackup_desktop.vault.stores import probe, probe_lock

SOURCES = [Path(module.__file__ or "").read_text() for module in (probe, probe_lock)]


def _findings() -> list[tuple[str, str]]:
    """Checks and reasons, as the source has them."""
    found = []
    for source in SOURCES:
        for name, outcome, reason in re.findall(r'Finding\(("[a-z-]+"|check), (\w+)(?:, "([a-z-]+)")?', source):
            if reason:
                found.append((name.strip('"') if name != "check" else "lock", reason))
            assert outcome in ("OK", "LIMITED", "FAILED", "SKIPPED")
    return found


def test_all_that_is_tried_has_a_name() -> None:
    assert len(_findings()) > 20
    assert {check for check, _ in _findings()} <= CHECKS.keys()
    assert check_name("write") == "Write a file"
    assert set(OUTCOMES) == {"ok", "limited", "failed", "skipped"}


@pytest.mark.parametrize(("check", "reason"), _findings())
def test_all_that_is_found_has_words(check: str, reason: str) -> None:
    facts = {"seconds": 5, "mode": "governance", "days": 3, "winners": 4}
    said = explanation(StoreFinding(check=check, outcome="failed", reason=reason, facts=facts))
    assert said.endswith(".")
    assert not set("[]{}…") & set(said)
    assert said != reason


def test_faults_are_said_as_everywhere() -> None:
    finding = StoreFinding(check="write", outcome="failed", reason="vault-unwritable", facts={"what": "store"})
    assert "do not let them write" not in explanation(finding) or "keys" in explanation(finding)
    assert explanation(StoreFinding(check="write", outcome="ok")) == ""


def test_the_verdict() -> None:
    fine = StoreFinding(check="write", outcome="ok")
    limited = StoreFinding(check="versions", outcome="limited", reason="no-versions")
    failed = StoreFinding(check="lock", outcome="failed", reason="not-locked")
    assert verdict([fine], True) == "A vault can be kept here, with its files locked."
    assert "without object lock" in verdict([fine, limited], False)
    assert "cannot" in verdict([fine, limited, failed], True)
