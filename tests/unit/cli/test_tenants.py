"""What the commands about tenants make of their arguments, and what they say."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from saasbackup_desktop.app.tenants.views import (
    CheckLine,
    CheckReport,
    Link,
    ListReport,
    Proof,
    RuleView,
    Standing,
    State,
    Step,
    Tenant,
    TenantAccount,
    TenantSettings,
    WayIn,
)
from saasbackup_desktop.cli.exits import ExitCode
from saasbackup_desktop.cli.output import Output
from saasbackup_desktop.cli.tenants import listing, options, picking, records
from saasbackup_desktop.cli.tenants.telling import Steps, check_exit
from saasbackup_desktop.core.account_list import Wrong
from saasbackup_desktop.core.activation import Match, Rule
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import AccountId, ConnectionName
from saasbackup_desktop.core.model import Account, Provider, Service


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["department=Sales"], ("department", Match.EQUAL, ("Sales",))),
        (["department^=Sa", "department^=IT"], ("department", Match.BEGINS, ("Sa", "IT"))),
        (["mail$=@a.example"], ("mail", Match.ENDS, ("@a.example",))),
        (["jobTitle*= a=b "], ("jobTitle", Match.CONTAINS, ("a=b",))),
    ],
)
def test_conditions(texts: list[str], expected: object) -> None:
    assert picking.condition(texts) == expected


@pytest.mark.parametrize(
    "texts", [["department"], ["department="], ["=Sales"], ["a=1", "b=1"], ["a=1", "a^=1"], ["a b=1"]]
)
def test_what_is_no_condition(texts: list[str]) -> None:
    with pytest.raises(Misconfigured):
        picking.condition(texts)


def test_a_cloud_by_name_or_by_its_addresses(tmp_path: Path) -> None:
    assert options.cloud_of("gcc-high") == ("gcc-high", "", "")
    file = tmp_path / "cloud.json"
    file.write_text(json.dumps({"login": "https://login.test", "graph": "https://graph.test"}), encoding="utf-8")
    assert options.cloud_of(str(file)) == ("custom", "https://login.test", "https://graph.test")
    for wrong in ("[]", '{"login": "https://login.test"}', '{"login": 1, "graph": 2}', "{"):
        file.write_text(wrong, encoding="utf-8")
        with pytest.raises(Misconfigured):
            options.cloud_of(str(file))
    with pytest.raises(Misconfigured) as caught:
        options.cloud_of("moon")
    assert "global, gcc-high, dod, china or a file" in str(caught.value.facts["what"])


def test_services_come_in_their_order() -> None:
    assert options.services_of([Service.CALENDAR, Service.MAIL]) == (Service.MAIL, Service.CALENDAR)
    assert len(options.services_of(None)) == 6


@pytest.mark.parametrize("given", [{"a_b": "", "C": False}, {"a_b": "x", "C": True}])
def test_one_of_several(given: dict[str, object]) -> None:
    assert options.require_one("it", a_b="x", C=()) == "a_b"
    with pytest.raises(Misconfigured) as caught:
        options.require_one("it", **given)
    assert str(caught.value.facts["what"]) == "it takes exactly one of --a-b, C"


def line(area: str, standing: Standing, outcome: str = "well", *, optional: bool = False) -> CheckLine:
    return CheckLine(area=area, name="x", standing=standing, outcome=outcome, remedy="nothing", is_optional=optional)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([line("sign-in", Standing.WELL), line("permission", Standing.WELL)], ExitCode.DONE),
        ([line("sign-in", Standing.MISSING, "secret-expired")], ExitCode.SIGN_IN),
        ([line("sign-in", Standing.MISSING, "unreachable")], ExitCode.UNREACHABLE),
        ([line("permission", Standing.MISSING, "missing-permission")], ExitCode.PARTIAL),
        ([line("role", Standing.PENDING)], ExitCode.PARTIAL),
        ([line("permission", Standing.MISSING, "missing-permission", optional=True)], ExitCode.DONE),
        ([line("credential", Standing.WARNING, "expires-soon")], ExitCode.DONE),
        ([line("service", Standing.UNKNOWN, "unreachable")], ExitCode.UNREACHABLE),
        ([line("service", Standing.UNKNOWN, "unreachable"), line("service", Standing.WELL)], ExitCode.DONE),
    ],
)
def test_what_a_check_means_to_a_script(lines: Sequence[CheckLine], expected: ExitCode) -> None:
    assert check_exit(CheckReport(link=Link.UNKNOWN, lines=lines, checked=0)) is expected


def test_a_step_is_told_when_it_changes(capsys: pytest.CaptureFixture[str]) -> None:
    steps = Steps(Output(False))

    def told(*states: tuple[str, str, str]) -> list[str]:
        steps([Step(code=code, state=state, facts={"done": done} if done else {}) for code, state, done in states])
        return capsys.readouterr().err.splitlines()

    assert told(("application", "running", ""), ("consent", "waiting", "")) == ["  Registration: …"]
    assert told(("application", "running", "made"), ("consent", "waiting", "")) == []
    assert told(("application", "done", "made"), ("consent", "running", "waiting")) == [
        "  Registration: done",
        "  Consent: waiting for Microsoft …",
    ]
    assert told(("application", "done", "made"), ("consent", "failed", "")) == ["  Consent: failed"]


def test_everything_that_can_be_wrong_with_a_list_has_words() -> None:
    assert set(picking.MISTAKES) == {one.value for one in Wrong} | {"unknown"}
    report = ListReport(ids=frozenset(), unknown=[(2, "a@b")], mistakes=[(1, "no-header", "x"), (3, "twice", "c@d")])
    assert [(one["line"], one["code"]) for one in records.mistake_records(report, picking.MISTAKES)] == [
        *((1, "no-header"), (2, "unknown"), (3, "twice"))
    ]


def person(**more: object) -> TenantAccount:
    account = Account(id=AccountId("a"), provider=Provider.MICROSOFT, address="=1+1@fernwick.example", name="Ada")
    return TenantAccount(id="u", account=account, kind="user", is_licensed=True, **more)  # type: ignore[arg-type]


def test_records_are_json_and_say_what_to_do() -> None:
    settings = TenantSettings(name=ConnectionName("Fernwick"), tenant="t", way_in=WayIn.ADMINISTRATOR)
    tenant = Tenant(
        settings=settings, link=Link.DISCONNECTED, problem="secret-expired", role="failed", role_problem="late"
    )
    made = records.tenant_record(tenant)
    assert (made["kind"], made["link"], made["problem"], made["proof"]) == (
        *("microsoft", "disconnected", "secret-expired"),
        Proof.CERTIFICATE.value,
    )
    assert made["remedy"]
    assert made["role_remedy"]
    row = records.account_record("Fernwick", person(state=State.PAUSED, reasons=(("chosen", "Sales"),)))
    assert (row["status"], row["reasons"]) == ("Paused", ["Chosen by the rule “Sales”"])
    rule = records.rule_record("Fernwick", RuleView(rule=Rule(id="r", group="g"), chosen=3, group_name="G"))
    assert (rule["property"], rule["match"], rule["group_name"], rule["chosen"]) == (None, None, "G", 3)
    json.dumps([made, row, rule])


def test_a_spreadsheet_takes_nothing_for_a_formula(capsys: pytest.CaptureFixture[str]) -> None:
    listing.write_csv([records.account_record("Fernwick", person())])
    assert "\nFernwick,'=1+1@fernwick.example,Ada,user,yes," in capsys.readouterr().out.replace("\r", "")
