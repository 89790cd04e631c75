"""Every code of setting a tenant up has words."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from saasbackup_desktop.app.words import has_words, set_up
from saasbackup_desktop.providers.microsoft import (
    cloud,
    exchange_shell,
    faults,
    registering,
    registrations,
    role_script,
    rolling,
    sign_in,
)
from saasbackup_desktop.providers.microsoft.clean_up import LeftoverKind, LeftoverReason
from saasbackup_desktop.providers.microsoft.exchange_shell import Ending
from saasbackup_desktop.providers.microsoft.moving import Move
from saasbackup_desktop.providers.microsoft.outcomes import Outcome, Remedy
from saasbackup_desktop.providers.microsoft.permissions import TABLE
from saasbackup_desktop.providers.microsoft.reaching import Reach
from saasbackup_desktop.providers.microsoft.registering import Done, Step
from saasbackup_desktop.providers.microsoft.role_script import InGroup, Plan, WithAttribute, write_script
from saasbackup_desktop.providers.microsoft.role_state import RoleStanding
from saasbackup_desktop.providers.microsoft.ways import Extent, Way, abilities

ID = "0f8c2a44-6a0c-4f0e-9d0b-5d2f6c1c7e55"
SCRIPT = "\n".join(
    write_script(Plan(ID, ID, "Backup", fence, ["Application Mail.Read"]))
    for fence in (InGroup("x"), WithAttribute("Department", "x"))
)
ABILITIES = [one for way in Way for one in abilities(way)]
ENDINGS = {one.value for one in Ending} - {"done", "failed"}
PAIRS: list[tuple[Mapping[str, object], Iterable[str]]] = [
    (set_up.WAYS, Way),
    (set_up.EXTENTS, Extent),
    (set_up.OUTCOMES, Outcome),
    (set_up.REMEDIES, Remedy),
    (set_up.STEPS, Step),
    (set_up.DONE, Done),
    (set_up.LEFTOVERS, LeftoverKind),
    (set_up.LEFTOVER_REASONS, LeftoverReason),
    (set_up.ROLES, RoleStanding),
    (set_up.REACHES, Reach),
    (set_up.MOVES, Move),
    (set_up.SUBJECTS, [one.what for one in ABILITIES]),
    (set_up.ABILITIES, [one.why for one in ABILITIES]),
    (set_up.WHYS, [one.why for one in TABLE]),
    (set_up.ROLE_LINES, re.findall(r"Tell '([a-z-]+)'", SCRIPT)),
    (
        set_up.ROLE_STATES,
        [*re.findall(r"Tell '[a-z-]+' (?:'[^']*'|\S+) '([a-z]+)'", SCRIPT), "true", "false", "not run"],
    ),
    (
        set_up.RUNS,
        [*re.findall(r"(?:Fail|\$at =) '([a-z-]+)'", SCRIPT), "not-started", "broken-off", *ENDINGS],
    ),
]


@pytest.mark.parametrize(("words", "codes"), PAIRS, ids=[str(number) for number in range(len(PAIRS))])
def test_every_code_has_words(words: Mapping[str, object], codes: Iterable[str]) -> None:
    found = {str(code) for code in codes}
    assert found
    assert found <= set(words)


def sentences() -> list[str]:
    found: list[str] = []
    for words, _ in PAIRS:
        for said in words.values():
            found += said if isinstance(said, tuple) else [str(said)]
    return found


def test_words_are_plain() -> None:
    for said in sentences():
        assert not set("[]{}…") & set(said)
        assert "  " not in said
        assert said == said.strip()


def test_what_keeps_out_of_a_tenant_is_said_in_particular() -> None:
    """Each reason that the sign-in and Graph's refusals are told by, as far as it is not about an item."""
    assert len(set(sign_in._REASONS.values())) > 15
    for reason in {*sign_in._REASONS.values(), *sign_in._BY_ERROR.values()}:
        assert has_words(f"sign-in-needed/{reason}"), reason
    denied = {
        reason for kind, reason in (*faults._BY_CODE.values(), *faults._BY_STATUS.values()) if kind.code == "denied"
    }
    for reason in denied - {""}:
        assert has_words(f"denied/{reason}"), reason


@pytest.mark.parametrize("module", [sign_in, cloud, role_script, registering, rolling, exchange_shell])
def test_what_cannot_be_is_said_in_particular(module: object) -> None:
    source = Path(getattr(module, "__file__", "")).read_text()
    found = re.findall(r'what="([a-z-]+)"', source)
    assert found
    for what in found:
        assert has_words(f"misconfigured/{what}"), what


@pytest.mark.parametrize("module", [registering, registrations])
def test_what_is_not_there_is_said_in_particular(module: object) -> None:
    source = Path(getattr(module, "__file__", "")).read_text()
    found = re.findall(r'NotFound\([^)]*reason="([a-z-]+)"', source)
    assert found
    for reason in found:
        assert has_words(f"not-found/{reason}"), reason
