"""What the directory's commands make of their arguments, what they ask for, and what they say."""

import errno
import json
import os
import stat
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.entra.views import LIVE, CompareRequest, Comparison, PlanRequest, RestoreAccess, WriteLine
from saasbackup_desktop.app.words.faults import failure_words
from saasbackup_desktop.cli.entra import carrying, comparing, finding, looking, planning, saving
from saasbackup_desktop.cli.entra.telling import left_out_line, write_lines
from saasbackup_desktop.cli.exits import ExitCode
from saasbackup_desktop.cli.output import Output
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.cli.tenants import looking_after
from saasbackup_desktop.core.directory.difference import Change
from saasbackup_desktop.core.directory.plan import (
    Action,
    LeftOut,
    Mode,
    OnSurprise,
    PlanHead,
    Standing,
    Write,
    WriteResult,
)
from saasbackup_desktop.core.errors import Misconfigured, Unreachable
from saasbackup_desktop.core.ids import ConnectionName, JobId, SnapshotId
from saasbackup_desktop.core.jobs import ItemFailure, Job, Reinstate, State, Tally
from tests.ui.fake_entra import NORTHWIND, STREAM, FakeEntra, id_of, name_of

NOW = 1_790_000_000
ADELE = name_of("users", 0)


class FakeDesk:
    """As much of a desk as these commands ask for."""

    is_open = True

    def __init__(self, changes: int = 25) -> None:
        self.asked: list[tuple[str, Any]] = []
        self.entra = FakeEntra(NOW, self.asked, changes=changes)
        self.state = State.PARTIAL

    async def snapshots(self, stream: object) -> list[Any]:
        return list(self.entra.points)

    async def cards(self) -> list[Any]:
        return [SimpleNamespace(stream=STREAM, account=SimpleNamespace(address="northwind.example"))]

    async def job(self, id: JobId) -> Job:
        tally = Tally(items_done=7, items_total=7, added=2, changed=3, skipped=1, verified=6, failed=1)
        return Job(id=id, spec=Reinstate(stream=STREAM, plan="p1"), state=self.state, tally=tally)

    async def failures(self, id: JobId) -> list[Any]:
        return []

    @property
    def tenants(self) -> "FakeDesk":
        return self

    async def find(self, name: ConnectionName) -> Any:
        return SimpleNamespace(settings=SimpleNamespace(name=name))

    async def remove(self, name: ConnectionName, *, clean_up_sign_in: str = "") -> None:
        self.asked.append(("remove", name))


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


def shell(desk: FakeDesk, *, as_json: bool = False) -> Shell:
    return Shell(Path("/nowhere"), Output(as_json), cast(Desk, desk))


def records(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


async def test_how_directories_stand(desk: FakeDesk, capsys: pytest.CaptureFixture[str]) -> None:
    await looking.status(shell(desk))
    titles, northwind, fjord = capsys.readouterr().out.splitlines()
    assert titles.split("\t")[:4] == ["Tenant", "Domain", "Status", "Objects"]
    assert northwind.split("\t")[:4] == ["Northwind Traders", "northwind.example", "Protected", "65,388"]
    assert "Missing: Policy.Read.All, RoleManagement.Read.Directory." in fjord
    await looking.status(shell(desk, as_json=True), ["FJORD.example"])
    [record] = records(capsys)
    assert (record["tenant"], record["state"], record["active"]) == ("Fjord Shipping", "reauthorise", True)
    await looking.deactivate(shell(desk), "northwind traders")
    assert desk.asked == [("entra-activate", (NORTHWIND, False))]
    out, err = capsys.readouterr()
    assert "not backed up any more; what is saved stays" in out
    assert "“saasbackup entra access Northwind Traders none” removes it" in err
    assert await looking.activate(shell(desk), NORTHWIND) is ExitCode.DONE
    assert await looking.activate(shell(desk), "Fjord Shipping") is ExitCode.PARTIAL
    assert "entra authorise Fjord Shipping" in capsys.readouterr().err
    with pytest.raises(Misconfigured) as caught:
        await looking.activate(shell(desk), "nobody")
    assert "known: Fjord Shipping and Northwind Traders" in str(caught.value.facts["what"])


async def test_objects_are_listed_to_the_end_and_found_by_name(
    desk: FakeDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    await looking.objects(shell(desk, as_json=True), NORTHWIND, "GROUPS")
    found = records(capsys)
    assert len(found) == len({one["key"] for one in found}) == 3104
    await looking.objects(shell(desk), NORTHWIND, "Conditional access policies", limit=2)
    assert len(capsys.readouterr().out.splitlines()) == 3
    await looking.show(shell(desk), NORTHWIND, f"users/{ADELE}")
    text = capsys.readouterr().out
    assert text.startswith(f"user “{ADELE}”  users/{id_of('users', 0)}\n")
    assert "    Department: Sales\n" in text
    await looking.history(shell(desk, as_json=True), NORTHWIND, f"groups/{id_of('groups', 3)}")
    newest, oldest = records(capsys)
    assert (newest["change"], newest["attributes"][0]["path"], oldest["change"]) == ("changed", "description", "added")
    for wrong in ("users", "users/", "nothing/x"):
        with pytest.raises(Misconfigured):
            await looking.show(shell(desk), NORTHWIND, wrong)


async def test_what_is_called_alike_must_be_told_apart(desk: FakeDesk) -> None:
    one = await finding.tenant(cast(Desk, desk), NORTHWIND)
    at = await finding.at(cast(Desk, desk), one)
    with pytest.raises(Misconfigured) as caught:
        await finding.key(cast(Desk, desk), one, (at,), "conditionalAccessPolicies/Terms of use for guests")
    assert id_of("conditionalAccessPolicies", 3) in str(caught.value.facts["what"])


async def test_a_difference_is_told_attribute_by_attribute(desk: FakeDesk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.entra.changes = 1
    code = await comparing.diff(shell(desk), NORTHWIND, "latest")
    out, err = capsys.readouterr()
    assert code is ExitCode.DONE
    assert out.splitlines() == [
        "Conditional access policies",
        "~ conditional access policy “Require MFA for administrators”  "
        f"conditionalAccessPolicies/{id_of('conditionalAccessPolicies', 0)}",
        "    State: enabled → disabled",
        "    Grant › Built in controls:",
        "      - compliantDevice",
        "    Conditions › Users › Exclude groups:",
        f"      + {name_of('users', 7)}",
    ]
    assert "0 added, 0 removed, 1 changed" in err
    asked = [what for name, what in desk.asked if name == "entra-compare"]
    assert asked == [CompareRequest(stream=STREAM, old=desk.entra.points[0].id, new=LIVE)]
    assert desk.asked[-1] == ("entra-forget", "c1")


async def test_a_comparison_that_lacks_something_is_partial(desk: FakeDesk, capsys: pytest.CaptureFixture[str]) -> None:
    kinds = ["groups", "Users"]
    old = str(desk.entra.points[3].id)
    code = await comparing.diff(shell(desk, as_json=True), NORTHWIND, old, "latest", kinds=kinds, noise=True)
    assert code is ExitCode.PARTIAL
    *differences, end = records(capsys)
    assert {one["type"] for one in differences} == {"directory-difference"}
    assert (end["type"], end["unread"]) == ("comparison", ["roleEligibilitySchedules"])
    assert {one["kind"] for one in differences} == {"users", "groups"}
    group = next(one for one in differences if one["kind"] == "groups")
    assert {link["relation"] for link in group["links"]} == {"members", "owners"}
    await comparing.diff(shell(desk), NORTHWIND, old, changes=[Change.REMOVED], brief=True)
    out, err = capsys.readouterr()
    assert all(line.startswith("- ") for line in out.splitlines() if "/" in line)
    assert "Not compared, since it could not be read: Eligible roles." in err


async def test_a_comparison_of_nothing_says_so_first(desk: FakeDesk, capsys: pytest.CaptureFixture[str]) -> None:
    whole = desk.entra.comparison

    async def read_nothing(id: str) -> Comparison:
        return replace(await whole(id), counts={}, kinds_read=2, kinds_total=2, unread=("users", "groups"))

    desk.entra.changes = 0
    desk.entra.comparison = read_nothing  # type: ignore[method-assign]
    assert await comparing.diff(shell(desk), NORTHWIND, "latest") is ExitCode.PARTIAL
    first, second = capsys.readouterr().err.splitlines()
    assert first == "Nothing could be compared."
    assert second == "Not compared, since it could not be read: Users and Groups."


@pytest.mark.parametrize("moment", [LIVE, "yesterday"])
async def test_what_is_no_point_in_time_says_what_is(desk: FakeDesk, moment: str) -> None:
    for asked in (
        looking.kinds(shell(desk), NORTHWIND, moment),
        planning.plan(shell(desk), NORTHWIND, moment, everything=True),
        comparing.diff(shell(desk), NORTHWIND, moment),
    ):
        with pytest.raises(Misconfigured) as caught:
            await asked
        assert "write its id, a date or time (2026-03-31 or 2026-03-31T14:30), or latest" in str(caught.value.facts)


async def test_a_comparison_is_written_to_a_file(desk: FakeDesk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.entra.changes = 1
    for name, form in (("a.JSON", "json"), ("a.csv", "csv"), ("a.html", "html"), ("a.pdf", "pdf")):
        assert await comparing.diff(shell(desk), NORTHWIND, "latest", output=Path(name)) is ExitCode.DONE
        assert desk.asked[-2] == ("entra-export", (form, Path.cwd() / name))
    assert "a.pdf" in capsys.readouterr().out
    with pytest.raises(Misconfigured):
        await comparing.diff(shell(desk), NORTHWIND, "latest", output=Path("a.docx"))
    with pytest.raises(Misconfigured):  # it would not be narrowed down
        await comparing.diff(shell(desk), NORTHWIND, "latest", output=Path("a.pdf"), words="Adele")


async def planned(desk: FakeDesk, **more: Any) -> PlanRequest:
    await planning.plan(shell(desk), NORTHWIND, "latest", **more)
    return cast(PlanRequest, next(what for name, what in reversed(desk.asked) if name == "entra-plan"))


async def test_a_plan_shows_every_write(desk: FakeDesk, capsys: pytest.CaptureFixture[str]) -> None:
    link = f"#l:members:{id_of('users', 5)}:"
    request = await planned(
        desk,
        what=["conditionalAccessPolicies", f"users/{ADELE}#a:department", f"groups/{id_of('groups', 1)}{link}"],
        unless=[f"conditionalAccessPolicies/{id_of('conditionalAccessPolicies', 2)}"],
        mode=Mode.SKIP,
        note="after the attack",
        break_glass=[name_of("users", 1)],
        myself=id_of("users", 2),
        accept=["locks-out-administrators"],
    )
    assert request.accepts == ("locks-out-administrators",)
    assert request.ticks.wanted == {
        "conditionalAccessPolicies",
        f"users/{id_of('users', 0)}#a:department",
        f"groups/{id_of('groups', 1)}{link}",
    }
    assert request.ticks.unwanted == {f"conditionalAccessPolicies/{id_of('conditionalAccessPolicies', 2)}"}
    assert (request.mode, request.note) == (Mode.SKIP, "after the attack")
    assert (request.break_glass, request.myself) == ((id_of("users", 1),), id_of("users", 2))
    out, err = capsys.readouterr()
    policy = id_of("conditionalAccessPolicies", 0)
    assert f"       PATCH /identity/conditionalAccess/policies/{policy}\n" in out
    bodies = [json.loads(line) for line in out.splitlines() if line.startswith("       {")]
    controls = {"builtInControls": ["mfa", "compliantDevice"]}
    assert {"state": "enabled", "grantControls": controls} in bodies
    assert "       State: disabled → enabled\n" in out
    assert "       Grave risk [locks-out-administrators]: 3 administrators could lose their way in. Keep" in out
    assert "Payroll bridge" in out
    assert out.count("\n    ") >= 7
    assert "entra restore p1" in err
    assert (await planned(desk, everything=True)).ticks.wanted == {""}
    with pytest.raises(Misconfigured):
        await planned(desk)
    with pytest.raises(Misconfigured):
        await planned(desk, what=["users/x#department"])


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"what": [f"users/{ADELE}#a:nosuchattr"]}, "no attribute “nosuchattr”"),
        ({"what": [f"users/{ADELE}#a:Department"]}, "it is written “department”"),
        ({"what": [f"users/{ADELE}#a:department.inner"]}, "no attribute “department.inner”"),
        ({"what": ["users"], "unless": [f"users/{ADELE}#a:DEPARTMENT"]}, "it is written “department”"),
        ({"what": [f"groups/{id_of('groups', 1)}#l:members:{id_of('users', 99)}:"]}, "no such link"),
        ({"everything": True, "accept": ["nosuchrisk"]}, "no risk “nosuchrisk”"),
    ],
)
async def test_what_is_not_there_is_not_picked_or_accepted(desk: FakeDesk, more: dict[str, Any], said: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        await planning.plan(shell(desk), NORTHWIND, "latest", **more)
    assert said in str(caught.value.facts["what"])
    assert not [what for name, what in desk.asked if name == "entra-plan"]
    policy = f"conditionalAccessPolicies/{id_of('conditionalAccessPolicies', 3)}#a:grantControls.builtInControls"
    assert (await planned(desk, what=[policy])).ticks.wanted == {policy}
    with pytest.raises(Misconfigured):
        await planning.replan(shell(desk), "p1", ["nosuchrisk"])


def test_writes_are_told_without_what_is_empty() -> None:
    old = {
        "displayName": "Ada",
        "manager": None,
        "onPremisesExtensionAttributes": {f"extensionAttribute{n}": None for n in range(15)},
        "address": {"city": "Bergen", "street": None, "more": {"none": ""}},
    }
    write = Write(
        number=1, action=Action.DELETE, kind="users", id="1", name="Ada", method="DELETE", path="/users/1",
        old=old, reason="picked",
    )  # fmt: skip
    surprise = WriteResult(
        number=1, standing=Standing.SURPRISED, code="surprised", detail="x", old={"jobTitle": "Boss"}
    )
    assert list(write_lines(WriteLine(write=write, result=surprise)))[2:] == [
        "       Address: City: Bergen → –",
        "       Name: Ada → –",
        "       It was picked.",
        "       → Not as planned",
        "         Something else is there than when the plan was made, so nothing was written (Job title).",
    ]
    failure = ItemFailure(path="users", name="Ada", code="surprised", detail="jobTitle, displayName")
    assert "(Job title, Name)" in failure_words(failure).what


def test_links_that_are_left_out_are_told_by_names() -> None:
    one = LeftOut(
        key="users/1#l:manager:2:", kind="users", id="1", name="Ada", code="target-missing", names={"2": "Bob"}
    )
    assert left_out_line(one).startswith("       Ada  users/1  Manager: Bob: What it leads to")
    named = replace(one, names={}, facts={"target": "Cleo"})
    assert "Manager: Cleo: " in left_out_line(named)


async def test_grave_risks_are_taken_by_name_and_writing_is_agreed_to(
    desk: FakeDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    await planned(desk, everything=True, accept=["locks-out-administrators"])
    with pytest.raises(Misconfigured) as caught:
        await carrying.restore(shell(desk), "p1", yes=True)
    assert "--accept locks-out-administrators" in str(caught.value.facts["what"])
    with pytest.raises(Misconfigured):
        await carrying.restore(shell(desk), "p1", accept=["locks-out-administrators", "deletes"], yes=True)
    with pytest.raises(Misconfigured) as caught:  # nobody is there to ask
        await carrying.restore(shell(desk), "p1", accept=["locks-out-administrators"])
    assert "--yes" in str(caught.value.facts["what"])
    assert not [what for name, what in desk.asked if name == "entra-restore"]
    capsys.readouterr()
    code = await carrying.restore(
        shell(desk), "p1", accept=["locks-out-administrators"], yes=True, on_surprise=OnSurprise.GO_ON
    )
    assert code is ExitCode.PARTIAL
    assert ("entra-restore", ("p1", OnSurprise.GO_ON)) in desk.asked
    out, err = capsys.readouterr()
    assert "2 brought back, 3 set, 0 deleted; 6 writes verified; 1 as wanted already; 1 failed" in out
    assert "Plan p1: 5 done, 1 was so already, 1 refused; 5 verified." in out
    assert "entra passwords p1" in err
    assert "Tulip" not in out + err
    desk.entra.rows[NORTHWIND] = replace(desk.entra.rows[NORTHWIND], restore_client="")
    with pytest.raises(Misconfigured) as caught:
        await carrying.restore(shell(desk), "p1", accept=["locks-out-administrators"], yes=True)
    assert "entra access Northwind Traders once" in str(caught.value.facts["what"])


async def _unreachable(plan: str, accepts: Sequence[str] = ()) -> PlanHead:
    raise Unreachable(host="graph.example")


async def test_what_a_plan_could_not_see_is_said_and_planned_again(
    desk: FakeDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    await planned(desk, everything=True)
    assert "“saasbackup entra replan p1 --accept locks-out-administrators”" in capsys.readouterr().out
    desk.state = State.DONE
    assert await carrying.restore(shell(desk), "p1", yes=True) is ExitCode.PARTIAL
    out, err = capsys.readouterr()
    assert "“saasbackup entra plans p1” shows its plan" in out
    assert "1 object came out of the recycle bin, and there is more to write since: plan p2 has 6 writes." in out
    assert "“saasbackup entra restore p2” carries it out" in out
    assert "“saasbackup entra replan p2 --accept locks-out-administrators”" in out
    await planning.replan(shell(desk, as_json=True), "p1", ["locks-out-administrators"])
    record = records(capsys)[-1]
    assert (record["id"], record["accepts"], record["revived"]) == ("p3", ["locks-out-administrators"], 0)
    assert desk.entra.plan_requests["p3"].ticks == desk.entra.plan_requests["p1"].ticks
    desk.entra.has_more = False
    assert await carrying.restore(shell(desk), "p2", yes=True) is ExitCode.DONE
    assert "1 object came out of the recycle bin. Nothing else came along with that." in capsys.readouterr().err
    desk.state = State.PARTIAL
    assert await carrying.restore(shell(desk), "p2", yes=True) is ExitCode.PARTIAL
    desk.state, desk.entra.plan_again = State.DONE, _unreachable  # type: ignore[method-assign]
    capsys.readouterr()
    assert await carrying.restore(shell(desk), "p2", yes=True) is ExitCode.PARTIAL
    err = capsys.readouterr().err
    assert "1 object came out of the recycle bin, and may have brought more along." in err
    assert "“saasbackup entra replan p2” plans what is left of it." in err
    await carrying.undo(shell(desk), "p1", dry_run=True)
    with pytest.raises(Misconfigured) as caught:
        await planning.replan(shell(desk), "p1-undo")
    assert "takes another one back" in str(caught.value.facts["what"])


def _full(handle: int) -> None:
    raise OSError(errno.ENOSPC, "no space left")


def _gone() -> None:
    raise BrokenPipeError


async def test_passwords_are_told_once_and_to_nobody_else(
    desk: FakeDesk, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    await planned(desk, everything=True)
    file = tmp_path / "passwords.txt"
    await carrying.restore(shell(desk), "p1", yes=True, password_file=file)  # what carries a grave risk was left out
    out, err = capsys.readouterr()
    assert "Tulip" not in out + err
    assert file.read_text(encoding="utf-8").endswith("\tTulip-Harbour-42-kiln\n")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 or sys.platform == "win32"
    with pytest.raises(Misconfigured):  # it is there already
        await carrying.passwords(shell(desk), "p1", file)
    await carrying.passwords(shell(desk), "p1")
    assert capsys.readouterr().out == ""
    await planned(desk, everything=True)
    await carrying.restore(shell(desk), "p2", yes=True)
    with pytest.raises(Misconfigured):  # what cannot be written is kept
        await carrying.passwords(shell(desk), "p2", tmp_path / "none" / "x")
    full = tmp_path / "full.txt"
    with monkeypatch.context() as world:
        world.setattr(os, "fsync", _full)
        with pytest.raises(Misconfigured):
            await carrying.passwords(shell(desk), "p2", full)
        assert not full.exists()
        world.setattr(sys.stdout, "flush", _gone)
        with pytest.raises(BrokenPipeError):
            await carrying.passwords(shell(desk), "p2")
    capsys.readouterr()
    await carrying.passwords(shell(desk, as_json=True), "p2")
    [record] = records(capsys)
    assert (record["type"], record["password"]) == ("new-password", "Tulip-Harbour-42-kiln")


async def test_what_was_done_is_shown_and_taken_back(desk: FakeDesk, capsys: pytest.CaptureFixture[str]) -> None:
    await planned(desk, everything=True)
    capsys.readouterr()
    assert await carrying.undo(shell(desk), "p1", dry_run=True) is ExitCode.DONE
    out, err = capsys.readouterr()
    assert "Plan p1-undo" in out
    assert "takes back plan p1" in out
    assert "entra restore p1-undo" in err
    assert not [what for name, what in desk.asked if name == "entra-restore"]
    desk.state = State.DONE
    assert await carrying.undo(shell(desk), "p1", yes=True) is ExitCode.DONE
    assert desk.asked[-1] == ("entra-restore", ("p1-undo", OnSurprise.STOP))
    capsys.readouterr()
    await planning.plans(shell(desk, as_json=True), "p1-undo")
    found = records(capsys)
    refused = next(one for one in found if one["type"] == "directory-write" and one["number"] == 7)
    assert (refused["standing"], refused["code"], refused["verified"]) == ("refused", "denied", None)
    assert found[-1]["type"] == "directory-plan"
    await planning.plans(shell(desk))
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("\t")[1] for line in lines] == ["Plan", "p1-undo", "p1"]
    for wrong in ("p", "x", ""):
        with pytest.raises(Misconfigured):
            await planning.state_of(shell(desk), wrong)


async def test_objects_are_exported(desk: FakeDesk, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "directory.zip"
    await saving.export(shell(desk), NORTHWIND, file)
    assert desk.asked[-1] == ("entra-download", (("",), file))
    await saving.export(shell(desk, as_json=True), NORTHWIND, file, ["users", f"users/{ADELE}"])
    assert desk.asked[-1] == ("entra-download", (("users", f"users/{id_of('users', 0)}"), file))
    assert capsys.readouterr().out.splitlines()[0].startswith("65,388 objects of Northwind Traders")
    with pytest.raises(Misconfigured):
        await saving.export(shell(desk), NORTHWIND, file, ["users/x#a:mail"])
    file.write_bytes(b"")
    with pytest.raises(Misconfigured):
        await saving.export(shell(desk), NORTHWIND, file)


async def test_a_tenant_is_not_forgotten_while_something_of_it_may_write(
    desk: FakeDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(Misconfigured) as caught:
        await looking_after.remove(shell(desk), NORTHWIND, cleans_up=False, leaves=False, yes=True)
    assert "“saasbackup entra access Northwind Traders none” removes it" in str(caught.value.facts["what"])
    assert desk.asked == []
    await looking_after.remove(shell(desk), NORTHWIND, cleans_up=False, leaves=True, yes=True)
    desk.entra.rows[NORTHWIND] = replace(desk.entra.rows[NORTHWIND], restore_client="")
    await looking_after.remove(shell(desk), NORTHWIND, cleans_up=False, leaves=False, yes=True)
    assert desk.asked == [("remove", NORTHWIND)] * 2
    assert "Tenant Northwind Traders is removed." in capsys.readouterr().out


async def test_access_is_taken_away_without_signing_in(desk: FakeDesk, capsys: pytest.CaptureFixture[str]) -> None:
    await carrying.access(shell(desk), NORTHWIND, RestoreAccess.NONE)
    assert desk.asked == [("entra-access", (NORTHWIND, RestoreAccess.NONE))]
    assert "is now: none" in capsys.readouterr().out


async def test_a_point_in_time_that_is_not_there(desk: FakeDesk) -> None:
    desk.entra.points.clear()
    with pytest.raises(Misconfigured) as caught:
        await looking.kinds(shell(desk), NORTHWIND)
    assert "the directory of Northwind Traders has no backup yet" in str(caught.value.facts["what"])
    assert SnapshotId("live") == LIVE
