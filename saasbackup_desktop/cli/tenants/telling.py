"""Codes to type, steps as they are done, check lists, and what is left to do by hand."""

import asyncio
from collections.abc import Sequence
from typing import Final

from saasbackup_desktop.app.tenants.views import CheckLine, CheckReport, Proof, SignInPrompt, Standing, Step
from saasbackup_desktop.app.tenants.views import TenantSettings as Settings
from saasbackup_desktop.app.words import set_up
from saasbackup_desktop.app.words import tenants as words
from saasbackup_desktop.app.words.states import label
from saasbackup_desktop.cli.exits import ExitCode
from saasbackup_desktop.cli.figures import local, printable
from saasbackup_desktop.cli.output import Column, Output, Record, field
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.cli.tenants.records import line_record, prompt_record, report_record, step_record
from saasbackup_desktop.core.ids import ConnectionName

_AWAY: Final = frozenset({"unreachable", "throttled"})
_AREAS: Final = {
    "sign-in": "Sign-in",
    "permission": "Permission",
    "role": "Exchange role",
    "service": "Service",
    "licence": "Licence",
    "credential": "Signs in with",
}
_LOOK_EVERY: Final = 0.2


def tell_prompt(out: Output, prompt: SignInPrompt) -> None:
    """Ask somebody to type a code."""
    if out.as_json:
        out.progress(prompt_record(prompt))
    else:
        out.note(f"To sign in, open {prompt.address} and type this code there: {prompt.code}")
        out.note(f"It is good until {local(prompt.expires)}. Waiting …")


async def signed_in(shell: Shell, settings: Settings, purpose: str) -> str:
    """Let somebody sign in with a code; the number of the sign-in. Raises SignInNeeded, Cancelled, Unreachable."""
    tenants = (await shell.unlocked()).tenants
    prompt = await tenants.begin_sign_in(settings, purpose)
    tell_prompt(shell.out, prompt)
    who = await tenants.finish_sign_in(prompt.id)
    shell.out.note(printable(f"Signed in: {who.who}"))
    return prompt.id


class Steps:
    """Says each step when it begins and when it ends."""

    def __init__(self, out: Output) -> None:
        self._out = out
        self._told: dict[tuple[str, str], str] = {}
        """How each step stood when it was told last: by code, and by name where several have one code."""

    def __call__(self, steps: Sequence[Step]) -> None:
        """Say what is new."""
        for step in steps:
            is_many = step.code.startswith("remove-")
            key = step.code, str(step.facts.get("name", "")) if is_many else ""
            done = str(step.facts.get("done", ""))
            stands = _stands(step, done)
            if step.state == "waiting" or self._told.get(key) == stands:
                continue
            self._told[key] = stands
            if self._out.as_json:
                self._out.progress(step_record(step))
            else:
                self._out.note(printable(f"  {words.step_words(step.code, step.facts)}: {stands}"))


def _stands(step: Step, done: str) -> str:
    if step.state == "running":
        return "waiting for Microsoft …" if done == "waiting" else "…"
    if step.state == "done" and done in set_up.DONE and done != "waiting":
        return set_up.DONE[done].lower()
    return step.state


def check_exit(report: CheckReport) -> ExitCode:
    """What a check means to a script."""
    needed = [line for line in report.lines if not line.is_optional]
    cut = next((line for line in needed if line.area == "sign-in" and line.standing is Standing.MISSING), None)
    if cut is not None:
        return ExitCode.UNREACHABLE if cut.outcome in _AWAY else ExitCode.SIGN_IN
    if any(line.standing in (Standing.MISSING, Standing.PENDING) for line in needed):
        return ExitCode.PARTIAL
    services = [line for line in needed if line.area == "service"]
    if services and all(line.outcome in _AWAY for line in services):
        return ExitCode.UNREACHABLE
    return ExitCode.DONE


def show_check(shell: Shell, name: str, report: CheckReport) -> ExitCode:
    """Show a check list, what is wrong and what to do about it."""
    out, code = shell.out, check_exit(report)
    out.table(
        [line_record(line) for line in report.lines],
        [
            Column("What", lambda record: label(_AREAS, record["area"])),
            field("Name", "name"),
            Column("Standing", _standing, is_whole=True),
            Column("Says", _says),
            field("Needed to", "why"),
        ],
    )
    status = words.link_words(report.link)
    text = f"{name}: {status.label.lower()}. {status.remedy}".rstrip()
    if report.expires is not None:
        text += f"\nWhat it signs in with is good until {local(report.expires)}."
    if report.consent:
        text += f"\nAn administrator grants what is missing here:\n  {report.consent}"
    out.record(report_record(name, report), printable_lines(text))
    if code is not ExitCode.DONE:
        worst = _worst(report.lines)
        if worst is not None:
            out.problem(words.outcome_words(worst.outcome, worst.facts), worst.outcome, dict(worst.facts), code, name)
    return code


def _standing(record: Record) -> str:
    stands = words.standing_words(Standing(record["standing"])).label
    return "OK" if record["standing"] == "well" and record["area"] not in ("permission", "role") else stands


def _says(record: Record) -> str:
    if record["standing"] in ("well", "unknown") and record["outcome"] == "well":
        return "optional" if record["optional"] else ""
    said = set_up.OUTCOMES.get(record["outcome"]) or str(record["what"])
    return " ".join(part for part in (said, record["remedy"] or "") if part)


def _worst(lines: Sequence[CheckLine]) -> CheckLine | None:
    bad = [
        line for line in lines if line.standing in (Standing.MISSING, Standing.PENDING) and not line.is_optional
    ] or [line for line in lines if line.outcome in _AWAY]
    order = ("sign-in", "credential", "permission", "role", "service", "licence")
    bad.sort(key=lambda line: (line.standing is Standing.PENDING, order.index(line.area)))
    return bad[0] if bad else None


async def tell_to_do(shell: Shell, settings: Settings, certificate_file: str = "") -> None:
    """Say step by step what an administrator does by hand."""
    tenants = (await shell.unlocked()).tenants
    permissions, address = tenants.consents(settings), tenants.consent_address(settings)
    steps = [f"In the Microsoft Entra admin center, under App registrations, open the application {settings.client}."]
    if certificate_file:
        steps.append(f"Under Certificates & secrets, Certificates, upload {certificate_file}")
    elif settings.proof is Proof.SECRET:
        steps.append("Under Certificates & secrets, look that the client secret is there and in force.")
    steps.append("Under API permissions, add of Microsoft Graph, as application permissions: " + ", ".join(permissions))
    steps.append(f"As an administrator, open this address and accept: {address}")
    if settings.fence:
        steps.append(
            "Give the application its roles in Exchange for the mailboxes inside the fence: "
            f"saasbackup source role-script {_quoted(settings.name)} --out role.ps1"
        )
    steps.append(f"See whether all of it is there: saasbackup source test {_quoted(settings.name)}")
    record = {
        "type": "to-do",
        "name": settings.name,
        "steps": steps,
        "permissions": list(permissions),
        "consent": address,
        "certificate": certificate_file or None,
    }
    text = "\n".join(f"  {number}. {step}" for number, step in enumerate(steps, 1))
    shell.out.record(record, printable_lines(f"What is left to do:\n{text}"))


async def see_role_script(shell: Shell, name: ConnectionName) -> None:
    """Run the role script and show whoever sits here the code to type."""
    tenants = (await shell.unlocked()).tenants
    running = asyncio.ensure_future(tenants.run_role_script(name))
    told = ""
    try:
        while not running.done():
            prompt = (await tenants.find(name)).role_prompt
            if prompt is not None and prompt.code != told:
                told = prompt.code
                tell_prompt(shell.out, prompt)
            await asyncio.wait({running}, timeout=_LOOK_EVERY)
    except asyncio.CancelledError:
        running.cancel()
        await asyncio.wait({running})
        raise
    await running


def printable_lines(text: str) -> str:
    """Text of several lines without control characters."""
    return "\n".join(printable(line) for line in text.split("\n"))


def _quoted(name: str) -> str:
    return f'"{name}"' if " " in name else name
