"""Setting a tenant up with an administrator's code: registering, consenting, renewing, cleaning up and taking back."""

import asyncio
import os
import sys
from contextlib import aclosing
from dataclasses import replace

import pytest

from saasbackup_desktop.app.tenants.views import Link, Proof, Standing, State, Step, TenantSettings, WayIn
from saasbackup_desktop.app.views import ImapSettings
from saasbackup_desktop.app.words import tenants as words
from saasbackup_desktop.core.errors import Cancelled, Misconfigured, SignInNeeded
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.sim.graph.mailbox import Mailbox
from tests.graph.office import NAME, PATIENCE, SECRET, Office
from tests.graph.test_exchange_shell import Shell


async def sign_in(office: Office, settings: TenantSettings, who: Mailbox, purpose: str) -> str:
    """Type the code that is asked for."""
    tenants = office.desk.tenants
    prompt = await tenants.begin_sign_in(settings, purpose)
    waiting = asyncio.ensure_future(tenants.finish_sign_in(prompt.id))
    office.identity.approve(prompt.code, who.user)
    signed = await waiting
    assert signed.who == office.tenant.users[who.user]["userPrincipalName"]
    assert signed.tenant == office.tenant.id
    return prompt.id


def draft(office: Office, **changes: object) -> TenantSettings:
    """What somebody enters who has no application yet."""
    return replace(office.settings, client="", tenant="", proof=Proof.CERTIFICATE, **changes)  # type: ignore[arg-type]


async def test_registering_by_code(office: Office) -> None:
    office.watch_any_permission()
    ada = office.join()
    tenants = office.desk.tenants
    settings = draft(office)
    asked = tenants.permissions(settings)
    assert {line.standing for line in asked} == {Standing.UNKNOWN}
    assert all(words.why_words(line.why) for line in asked)
    id = await sign_in(office, settings, ada, "set-up")
    seen: list[list[Step]] = []
    made = await tenants.register(settings, id, lambda steps: seen.append(list(steps)))
    assert [step.state for step in seen[0]] == ["running", *["waiting"] * 6]
    assert {step.state for step in seen[-1]} == {"done"}
    assert made.tenant == office.tenant.id
    application = office.tenant.applications[made.client]
    assert {"Mail.Read", "Mail.ReadWrite", "User.Read.All"} <= application.granted
    again = await tenants.register(settings, id, lambda steps: seen.append(list(steps)))
    assert again.client == made.client
    report = await tenants.try_out(made, sign_in=id)
    assert report.link is Link.CONNECTED, report
    assert await tenants.all() == []
    tenant = await tenants.add(made, sign_in=id)
    assert tenant.expires is not None
    assert (await tenants.discover(NAME)).found == 1
    await tenants.activate(NAME, [ada.user])
    await office.done(*await tenants.backup(NAME, services=[Service.MAIL]))
    [old] = application.certificates
    renewed = await tenants.renew_certificate(NAME, id, lambda steps: seen.append(list(steps)))
    assert renewed.link is Link.CONNECTED
    assert {step.state for step in seen[-1]} == {"done"}
    [new] = application.certificates
    assert new != old
    await tenants.renew_certificate(NAME, "", lambda steps: seen.append(list(steps)))
    [newest] = application.certificates
    assert newest != new
    assert (await tenants.check(NAME)).link is Link.CONNECTED
    await tenants.change(replace(tenant.settings, may_restore=False))
    plan = await tenants.clean_up_plan(NAME, id)
    assert {"Mail.ReadWrite", "Calendars.ReadWrite"} <= {str(step.facts["name"]) for step in plan}
    done = await tenants.clean_up(NAME, id, lambda steps: seen.append(list(steps)))
    assert {step.state for step in done} == {"done"}
    assert not [name for name in application.granted if "ReadWrite" in name]
    assert await tenants.clean_up_plan(NAME, id) == []
    await tenants.remove(NAME, clean_up_sign_in=id)
    assert made.client not in office.tenant.applications
    assert await tenants.all() == []
    assert len(await office.items(office.stream(ada))) == 3


async def test_somebody_signs_in(office: Office) -> None:
    office.watch_any_permission()
    ada, bob = office.join("Ada Lovelace"), office.join("Bob Ross")
    tenants = office.desk.tenants
    settings = replace(
        draft(office), proof=Proof.DEVICE_CODE, way_in=WayIn.ADMINISTRATOR, services=(Service.MAIL, Service.TASKS)
    )
    id = await sign_in(office, settings, ada, "back-up")
    report = await tenants.try_out(settings, sign_in=id)
    assert report.link is Link.CONNECTED, report
    tenant = await tenants.add(settings, sign_in=id)
    assert tenant.signed_in == "ada@fernwick.example"
    assert tenant.settings.tenant == office.tenant.id
    assert (await tenants.discover(NAME)).found == 1
    await tenants.activate(NAME, [ada.user])
    await office.done(*await tenants.backup(NAME))
    [account] = await tenants.accounts(NAME)
    assert (account.state, account.is_licensed) == (State.SUCCESS, True)
    await office.desk.lock()
    await office.unlock()
    office.tenant.tokens.clear()
    ada.deliver(b"Subject: later\r\n\r\nA letter.\r\n")
    again = office.desk.tenants
    await office.done(*await again.backup(NAME))
    assert len(await office.items(office.stream(ada))) == 4
    office.identity.refreshing.clear()
    office.tenant.tokens.clear()
    await office.failed(*await again.backup(NAME, services=[Service.MAIL]))
    told = await again.find(NAME)
    assert (told.link, told.problem) == (Link.DISCONNECTED, "sign-in-again")
    second = await sign_in(office, tenant.settings, ada, "back-up")
    await again.change(tenant.settings, sign_in=second)
    assert (await again.check(NAME)).link is Link.CONNECTED
    moved = replace(office.settings, services=(Service.MAIL,))
    assert (await again.change(moved, secret=SECRET)).settings.proof is Proof.SECRET
    await again.discover(NAME)
    people = {one.id: one.status.value for one in await again.accounts(NAME)}
    assert people == {ada.user: "active", bob.user: "inactive"}


async def test_a_certificate_of_ones_own(office: Office) -> None:
    office.join()
    tenants = office.desk.tenants
    settings = replace(office.settings, proof=Proof.CERTIFICATE)
    certificate = await tenants.make_certificate(settings)
    file = office.folder / "backup.cer"
    await tenants.save_certificate(certificate.thumbprint, file)
    assert file.read_text() == certificate.public
    assert "PRIVATE" not in certificate.public
    report = await tenants.try_out(settings, thumbprint=certificate.thumbprint)
    assert (report.link, report.lines[0].outcome) == (Link.DISCONNECTED, "certificate-unknown")
    with pytest.raises(SignInNeeded):
        await tenants.add(settings, thumbprint=certificate.thumbprint)
    office.application.certificates[certificate.thumbprint] = file.read_bytes()
    report = await tenants.try_out(settings, thumbprint=certificate.thumbprint)
    assert report.link is Link.CONNECTED
    assert report.expires == certificate.expires
    tenant = await tenants.add(settings, thumbprint=certificate.thumbprint)
    assert tenant.expires == certificate.expires
    assert await tenants.last_check(NAME) is None
    assert office.application.id in tenants.consent_address(settings)


async def test_what_cannot_be_added(office: Office) -> None:
    tenants = office.desk.tenants
    for changes, what in (
        ({"name": "a/b"}, "bad-tenant-name"),
        ({"tenant": ""}, "incomplete-tenant"),
        ({"services": ()}, "no-services"),
        ({"cloud": "mars"}, "unknown-cloud"),
    ):
        with pytest.raises(Misconfigured) as refused:
            await tenants.add(replace(office.settings, **changes), secret=SECRET)  # type: ignore[arg-type]
        assert refused.value.facts["what"] == what
    with pytest.raises(Misconfigured):
        await tenants.add(office.settings)
    with pytest.raises(Misconfigured):
        await tenants.find(NAME)
    await office.add()
    server = ImapSettings(name=NAME, host="mail.example.org", user="ada")
    with pytest.raises(Misconfigured) as refused:
        await office.desk.add_imap(server, "x")
    assert refused.value.facts["what"] == "name-taken"
    await office.desk.add_imap(replace(server, name="office"), "x")
    with pytest.raises(Misconfigured) as refused:
        await office.add(name="office")
    assert refused.value.facts["what"] == "name-taken"
    assert [one.name for one in await office.desk.connections()] == ["office"]
    prompt = await tenants.begin_sign_in(draft(office), "set-up")
    waiting = asyncio.ensure_future(tenants.finish_sign_in(prompt.id))
    await asyncio.sleep(0)
    await tenants.cancel_sign_in(prompt.id)
    with pytest.raises((Cancelled, asyncio.CancelledError)):
        await waiting
    assert not office.graph.log


async def test_the_role_script_and_its_state(office: Office) -> None:
    ada = office.join()
    application = office.application
    fenced = {"Mail.Read", "MailboxSettings.Read", "Calendars.Read", "Contacts.Read"}
    fenced |= {name.replace(".Read", ".ReadWrite") for name in fenced}
    application.granted -= fenced
    application.fenced, application.fenced_roles = set(), set(fenced)
    tenants = office.desk.tenants
    settings = replace(office.settings, fence="backup@fernwick.example", services=(Service.MAIL,))
    tenant = await tenants.add(settings, secret=SECRET)
    assert tenant.role == "to-run"
    script = await tenants.role_script(settings)
    assert script.file_name == "exchange-role-Fernwick.ps1"
    assert application.id in script.text
    assert "Application Mail.Read" in script.text
    await tenants.discover(NAME)
    tenant = await tenants.role_script_was_run(NAME)
    assert (tenant.role, tenant.link) == ("pending", Link.PENDING)
    application.fenced = {ada.user}
    report = await tenants.check(NAME)
    assert {line.standing for line in report.lines if line.name == "Application Mail.Read"} == {Standing.WELL}
    tenant = await tenants.find(NAME)
    assert tenant.role == "in-force"
    await tenants.activate(NAME, [ada.user])
    await office.done(*await tenants.backup(NAME))
    with pytest.raises(Misconfigured):
        await tenants.role_script(replace(settings, fence=""))


async def test_the_role_script_is_run_here(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    if sys.platform == "win32":
        pytest.skip("the stand-in for PowerShell is a shell script")
    folder = office.folder / "shell"
    folder.mkdir()
    shell = Shell(folder)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PSModulePath", str(folder / "modules"))
    tenants = office.desk.tenants
    settings = replace(office.settings, fence="backup@fernwick.example", services=(Service.MAIL,))
    await tenants.add(settings, secret=SECRET)
    assert (await tenants.role_script(settings)).can_run_here
    shell.stands(hang=True)
    running = asyncio.ensure_future(tenants.run_role_script(NAME))
    async with asyncio.timeout(PATIENCE), aclosing(office.desk.events()) as events:
        async for _ in events:
            if (tenant := await tenants.find(NAME)).role_prompt is not None:
                break
    assert tenant.role == "running"
    assert tenant.role_prompt is not None
    assert (tenant.role_prompt.address, tenant.role_prompt.code) == ("https://microsoft.com/devicelogin", "CVYX5CJLB")
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert (await tenants.find(NAME)).role == "to-run"
    shell.stands(sign_in="nobody typed it")
    tenant = await tenants.run_role_script(NAME)
    assert (tenant.role, tenant.role_problem, tenant.role_prompt) == ("failed", "connect", None)
    assert words.role_words(tenant.role, tenant.role_problem).remedy == "The sign-in to Exchange Online failed."
    shell.stands()
    tenant = await tenants.run_role_script(NAME)
    assert (tenant.role, tenant.role_problem) == ("pending", "")


async def test_what_is_covered(office: Office) -> None:
    tenants = office.desk.tenants
    await office.add(services=(Service.MAIL,))
    covers = {one.code: one.cover for one in await tenants.capabilities(NAME)}
    assert (covers["mail"], covers["calendars"], covers["archive"]) == ("covered", "pending", "not-offered")
    office.application.granted -= {"Mail.Read", "Mail.ReadWrite"}
    await tenants.check(NAME)
    [mail] = [one for one in await tenants.capabilities(NAME) if one.code == "mail"]
    assert (mail.cover, mail.reason, mail.missing) == ("pending", "permission-missing", ("Mail.Read",))
