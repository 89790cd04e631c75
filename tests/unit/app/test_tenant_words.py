"""Every code that tenants' views carry can be told to a person."""

from pathlib import Path

import pytest

from saasbackup_desktop.app.tenants.set_up import all_ways
from saasbackup_desktop.app.tenants.views import AbilityView, Link, Standing, State
from saasbackup_desktop.app.words import has_words, tenants, words_for
from saasbackup_desktop.core.activation import Why
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.microsoft import permissions, registering
from saasbackup_desktop.providers.microsoft.outcomes import REMEDIES, Outcome, Remedy
from saasbackup_desktop.providers.microsoft.role_state import RoleStanding

ICONS = Path(__file__).parents[3] / "resources" / "icons"


@pytest.mark.parametrize("outcome", [*Outcome, "expires-soon"])
def test_outcomes(outcome: str) -> None:
    assert has_words(str(outcome))
    words = tenants.outcome_words(str(outcome), {"service": "mail", "code": "x"})
    assert words.title
    assert words.what.endswith(".")
    assert words.remedy.endswith(".")
    assert not set("{}[]…") & set(words.title + words.what + words.remedy)


def test_the_faults_of_a_tenant_are_told_apart() -> None:
    outcomes = [one for one in Outcome if one not in (Outcome.WELL, Outcome.REFUSED)]
    told = {tenants.outcome_words(one.value).what for one in outcomes}
    assert len(told) == len(outcomes)


def test_remedies() -> None:
    assert all(tenants.remedy_words(one.value) for one in Remedy if one is not Remedy.NOTHING)
    assert set(REMEDIES.values()) <= set(Remedy)


def test_reasons_of_permissions() -> None:
    assert all(tenants.why_words(one.why) for one in permissions.TABLE)


def test_states() -> None:
    assert tenants.STATES.keys() == tenants.ICONS.keys() == set(State)
    assert all((ICONS / f"{name}.svg").exists() for name in tenants.ICONS.values())
    assert tenants.LINKS.keys() == set(Link)
    assert tenants.STANDINGS.keys() == set(Standing)
    assert tenants.REASONS.keys() == set(Why)
    assert tenants.SERVICES.keys() == set(Service)
    problem = tenants.state_words(State.AUTHENTICATION_ERROR, "secret-expired")
    assert problem.remedy.endswith(words_for("secret-expired").remedy)
    assert tenants.reason_words("left", "Sales") == "The rule “Sales” does not choose it any more"


def test_ways_and_steps() -> None:
    for way in all_ways():
        assert tenants.way_words(way.code)
        for one in way.abilities:
            assert all(told != code for told, code in zip(_told(one), (one.what, one.extent, one.why), strict=True))
    assert all(tenants.step_words(one.value) != one.value for one in registering.Step)
    assert tenants.step_words("remove-permission", {"name": "Mail.Read"}) == "Remove: Permission Mail.Read"
    for standing in RoleStanding:
        role = "to-run" if standing is RoleStanding.READY else standing.value
        assert tenants.role_words(role).label
    assert "three days" in tenants.role_words("pending", "late").remedy


def _told(one: AbilityView) -> tuple[str, str, str]:
    return tenants.ability_words(one.what, one.extent, one.why)
