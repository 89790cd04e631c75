"""``saasbackup notices``: who is told of what, and what was sent."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.notices.views import (
    AT_FIRST,
    Channel,
    HookGiven,
    Kind,
    MailGiven,
    MailServer,
    MailSignIn,
    MailTls,
    Recipient,
    Sent,
    Shape,
    TokenWay,
    When,
)
from saasbackup_desktop.app.words.notices import FATES, NOT_ENCRYPTED
from saasbackup_desktop.cli import secret_input
from saasbackup_desktop.cli.command import command
from saasbackup_desktop.cli.figures import iso, local_iso, printable
from saasbackup_desktop.cli.output import Column, field
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import ConnectionName

group = typer.Typer(name="notices", help="Who is told of what, by which way, and what was sent.", no_args_is_help=True)
_add = typer.Typer(name="add", help="Tell somebody more.", no_args_is_help=True)
group.add_typer(_add)

Who = Annotated[str, typer.Argument(metavar="RECIPIENT", help="Name or id, as “notices list” shows it.")]
Tell = Annotated[
    list[str] | None,
    typer.Option(
        "--tell",
        metavar="KIND=WHEN",
        help="A kind (summary, completed, exceptions, recovery, discovery, alerts, drills, security, admin) and "
        "when (off, immediate, daily, weekly, monthly); may be repeated.",
    ),
]
Only = Annotated[bool | None, typer.Option("--only-failures/--all", help="Leave good news out.")]
At = Annotated[str | None, typer.Option(metavar="HH:MM", help="When digests are sent, by this computer's clock.")]
Source = Annotated[list[str] | None, typer.Option(metavar="NAME", help="Only of this source; may be repeated.")]
Task = Annotated[list[str] | None, typer.Option(metavar="TASK", help="Only of this task; may be repeated.")]
CaFile = Annotated[Path | None, typer.Option(metavar="FILE", help="PEM file with an authority of one's own.")]


@command(group, "list", example="saasbackup notices list")
async def list_recipients(shell: Shell) -> None:
    """List the recipients and the mail server."""
    desk = await shell.unlocked()
    found = await desk.notices.all()
    shell.out.table(
        [_record(one) for one in found.recipients],
        [
            field("Name", "name"),
            field("Way", "channel"),
            field("To", "to"),
            Column("Told of", lambda record: ", ".join(f"{kind} {when}" for kind, when in record["kinds"].items())),
            field("Id", "id", is_whole=True),
        ],
    )
    server = found.mail.server
    if server is not None:
        text = f"Mail server: {server.host}, port {server.usual_port}, {server.tls}; from {server.sender}"
        shell.out.record(
            {
                "type": "mail-server",
                "host": server.host,
                "port": server.usual_port,
                "tls": server.tls.value,
                "sign_in": server.sign_in.value,
                "user": server.user,
                "sender": server.sender,
            },
            printable(text),
        )
    if found.undelivered:
        shell.out.note(f"{found.undelivered} notices could not be delivered; “saasbackup notices outbox” says why.")


@command(_add, "email", example="saasbackup notices add email Ada ada@example.org --tell summary=weekly")
async def add_email(
    shell: Shell,
    name: Annotated[str, typer.Argument(help="What to call the recipient.")],
    address: Annotated[str, typer.Argument(help="The e-mail address.")],
    tell: Tell = None,
    only_failures: Only = None,
    at: At = None,
    source: Source = None,
    task: Task = None,
) -> None:
    """Tell somebody by e-mail. The mail server is set with “notices set”."""
    desk = await shell.unlocked()
    recipient = Recipient(name=name, channel=Channel.EMAIL, address=address, kinds=AT_FIRST)
    await _put(shell, desk, await _changed(desk, recipient, tell, only_failures, at, source, task), None)


@command(_add, "webhook", example="saasbackup notices add webhook Operations --shape teams --url-file url.txt")
async def add_webhook(
    shell: Shell,
    name: Annotated[str, typer.Argument(help="What to call the recipient.")],
    shape: Annotated[Shape, typer.Option(help="Whose form it takes.")] = Shape.GENERIC,
    url_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="File whose first line is the address, which is a secret; - is standard input."
        ),
    ] = None,
    signing_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="File whose first line signs the bodies (HMAC-SHA256).")
    ] = None,
    header_file: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="File whose first line is “Name: value”, a header; may be repeated."),
    ] = None,
    ca_file: CaFile = None,
    tell: Tell = None,
    only_failures: Only = None,
    at: At = None,
    source: Source = None,
    task: Task = None,
) -> None:
    """Tell a program, a Slack channel or a Teams channel."""
    desk = await shell.unlocked()
    url = secret_input.obtain(url_file, f"Address of {name}", "--url-file")
    signing = secret_input.from_file(signing_file) if signing_file is not None else None
    lines = [secret_input.from_file(file).partition(":") for file in header_file or ()]
    given = HookGiven(
        url=url, signing=signing, headers=tuple((name.strip(), value.strip()) for name, _, value in lines)
    )
    recipient = Recipient(name=name, channel=Channel.WEBHOOK, shape=shape, kinds=AT_FIRST, ca_file=_whole(ca_file))
    await _put(shell, desk, await _changed(desk, recipient, tell, only_failures, at, source, task), given)


@command(group, "change", example="saasbackup notices change Ada --tell completed=daily --at 07:30")
async def change(
    shell: Shell,
    recipient: Who,
    tell: Tell = None,
    only_failures: Only = None,
    at: At = None,
    source: Source = None,
    task: Task = None,
    paused: Annotated[bool | None, typer.Option("--pause/--go-on", help="Tell nothing for now, or go on.")] = None,
) -> None:
    """Change what a recipient is told of, and when. What is not named stays."""
    desk = await shell.unlocked()
    one = await _find(desk, recipient)
    made = await _changed(desk, one, tell, only_failures, at, source, task)
    await _put(shell, desk, replace(made, is_paused=made.is_paused if paused is None else paused), None)


@command(group, "remove", example="saasbackup notices remove Ada")
async def remove(shell: Shell, recipient: Who) -> None:
    """Tell a recipient nothing any more, and forget what it is reached by."""
    desk = await shell.unlocked()
    one = await _find(desk, recipient)
    await desk.notices.remove(one.id)
    shell.out.record(
        {"type": "recipient-removed", "id": one.id, "name": one.name}, f"{one.name} is told nothing any more."
    )


@command(
    group,
    "set",
    example="saasbackup notices set --host smtp.example.org --user backup@example.org --sender backup@example.org "
    "--password-file password.txt",
)
async def set_mail(
    shell: Shell,
    host: Annotated[str, typer.Option(help="The mail server's name.")],
    sender: Annotated[str, typer.Option(help="Address that notices come from.")],
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Default: 587, 465 or 25, by --tls.")] = None,
    tls: Annotated[MailTls, typer.Option(help="How the connection is protected.")] = MailTls.STARTTLS,
    sign_in: Annotated[MailSignIn, typer.Option(help="How to sign in.")] = MailSignIn.PASSWORD,
    user: Annotated[str, typer.Option(help="User name at the server.")] = "",
    password_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="File whose first line is the password, or the application's secret."),
    ] = None,
    refresh_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="OAuth: file whose first line is a refresh token.")
    ] = None,
    tenant: Annotated[str, typer.Option(help="OAuth with Microsoft 365: the tenant.")] = "",
    client: Annotated[str, typer.Option(help="OAuth: the application's id.")] = "",
    token_address: Annotated[
        str, typer.Option(metavar="URL", help="OAuth with a refresh token: where it is used.")
    ] = "",
    scope: Annotated[str, typer.Option(help="OAuth with a refresh token: what is asked for.")] = "",
    ca_file: CaFile = None,
    test: Annotated[str, typer.Option(metavar="ADDRESS", help="Send a test there before it is kept.")] = "",
) -> None:
    """Set the mail server that notices are handed to. Its password is kept encrypted."""
    desk = await shell.unlocked()
    server = MailServer(
        host=host,
        port=port,
        tls=tls,
        sign_in=sign_in,
        user=user,
        sender=sender,
        ca_file=_whole(ca_file),
        token_way=TokenWay.REFRESH if token_address else TokenWay.MICROSOFT,
        tenant=tenant,
        client=client,
        token_address=token_address,
        scope=scope,
    )
    password = None
    if sign_in is MailSignIn.PASSWORD or password_file is not None:
        password = secret_input.obtain(password_file, f"Password of {user}", "--password-file")
    refresh = secret_input.from_file(refresh_file) if refresh_file is not None else None
    given = MailGiven(password=password, refresh=refresh)
    if tls is MailTls.NONE:
        shell.out.note(f"Note: {NOT_ENCRYPTED}")
    if test:
        tried = await desk.notices.test_mail(server, given, test)
        shell.out.note(printable(f"The server took a test for {test}: {tried.status} {tried.answer}"))
    await desk.notices.set_mail(server, given)
    shell.out.record(
        {"type": "mail-server-set", "host": host, "port": server.usual_port},
        f"Notices by e-mail are handed to {host}, port {server.usual_port}.",
    )


@command(group, "preview", example="saasbackup notices preview summary")
async def preview(
    shell: Shell,
    kind: Annotated[Kind, typer.Argument(help="A kind of notice.")],
    recipient: Annotated[str, typer.Option("--for", metavar="RECIPIENT", help="As this one would get it.")] = "",
    html: Annotated[bool, typer.Option("--html", help="Show the HTML form.")] = False,
) -> None:
    """Show a notice as it would be sent: the last one of its kind, or an example."""
    desk = await shell.unlocked()
    id = (await _find(desk, recipient)).id if recipient else ""
    found = await desk.notices.preview(kind, id)
    shown = found.payload or (found.html if html else found.text)
    record = {
        "type": "notice",
        "kind": found.kind.value,
        "subject": found.subject,
        "text": found.text,
        "html": found.html,
        "payload": found.payload or None,
        "is_example": found.is_example,
    }
    shell.out.record(record, f"{printable(found.subject)}\n\n{shown}")
    if found.is_example:
        shell.out.note("This is an example: nothing of the kind was sent yet.")


@command(group, "test", example="saasbackup notices test Ada")
async def test(shell: Shell, recipient: Who) -> None:
    """Send a test to a recipient, and show what the other side answers."""
    desk = await shell.unlocked()
    one = await _find(desk, recipient)
    tried = await desk.notices.test(one.id)
    said = f": {tried.status} {tried.answer}" if tried.status else "."
    shell.out.record(
        {"type": "notice-tested", "recipient": one.name, "status": tried.status, "answer": tried.answer},
        printable(f"The test for {one.name} was taken{said}"),
    )


@command(group, "outbox", example="saasbackup notices outbox --limit 20")
async def outbox(
    shell: Shell,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50,
    retry: Annotated[str, typer.Option(metavar="ID", help="Try to deliver this one now.")] = "",
) -> None:
    """List what was sent and what is on its way, newest first."""
    desk = await shell.unlocked()
    if retry:
        await desk.notices.retry(retry)
    shell.out.table(
        [_sent_record(one) for one in await desk.notices.outbox(limit)],
        [
            Column("When", lambda record: local_iso(record["made"]), is_whole=True),
            field("Status", "status"),
            field("To", "recipient"),
            field("Kind", "kind"),
            field("Subject", "subject"),
            Column("Id", lambda record: str(record["id"])[:12], is_whole=True),
        ],
    )


async def _put(shell: Shell, desk: Desk, recipient: Recipient, given: HookGiven | None) -> None:
    made = await desk.notices.put(recipient, given)
    told = ", ".join(f"{kind} {when}" for kind, when in _kinds(made).items()) or "nothing"
    shell.out.record(_record(made), printable(f"{made.name} is told of: {told}."))


async def _changed(
    desk: Desk,
    one: Recipient,
    tell: Sequence[str] | None,
    only_failures: bool | None,
    at: str | None,
    source: Sequence[str] | None,
    task: Sequence[str] | None,
) -> Recipient:
    kinds = dict(one.kinds)
    for said in tell or ():
        kind, _, when = said.partition("=")
        if kind.strip() not in [*Kind]:
            names = ", ".join(Kind)
            raise Misconfigured(said, what=f"“{kind.strip()}” is no kind of notice; write one of {names}")
        if when.strip() not in [*When]:
            names = ", ".join(When)
            raise Misconfigured(said, what=f"“{said}” does not say when: KIND=WHEN, where WHEN is one of {names}")
        kinds[Kind(kind.strip())] = When(when.strip())
    tasks = one.tasks
    if task is not None:
        known = {view.task.name.casefold(): view.task.id for view in await desk.tasks.all()}
        missing = [name for name in task if name.casefold() not in known]
        if missing:
            raise Misconfigured(missing[0], what=f"there is no task “{missing[0]}”")
        tasks = tuple(known[name.casefold()] for name in task)
    return replace(
        one,
        kinds=kinds,
        only_failures=one.only_failures if only_failures is None else only_failures,
        at=one.at if at is None else _minute(at),
        connections=one.connections if source is None else tuple(ConnectionName(name) for name in source),
        tasks=tasks,
    )


def _minute(text: str) -> int:
    hour, _, minute = text.partition(":")
    if not (hour.isdecimal() and minute.isdecimal() and int(hour) < 24 and int(minute) < 60):
        raise Misconfigured(text, what=f"“{text}” is no time of the day: HH:MM")
    return int(hour) * 60 + int(minute)


async def _find(desk: Desk, text: str) -> Recipient:
    known = (await desk.notices.all()).recipients
    found = [one for one in known if text.casefold() in (one.name.casefold(), one.id)]
    found = found or [one for one in known if one.id.startswith(text)]
    if len(found) != 1:
        raise Misconfigured("no such recipient", what="unknown-recipient", name=text)
    return found[0]


def _whole(file: Path | None) -> str:
    return str(file.expanduser().absolute()) if file is not None else ""


def _kinds(one: Recipient) -> Mapping[str, str]:
    return {kind.value: one.when(kind).value for kind in Kind if one.when(kind) is not When.OFF}


def _record(one: Recipient) -> dict[str, Any]:
    return {
        "type": "recipient",
        "id": one.id,
        "name": one.name,
        "channel": one.channel.value,
        "to": one.address or one.host or "this computer",
        "shape": one.shape.value if one.channel is Channel.WEBHOOK else None,
        "kinds": dict(_kinds(one)),
        "only_failures": one.only_failures,
        "at": f"{one.at // 60:02}:{one.at % 60:02}",
        "sources": list(one.connections),
        "tasks": list(one.tasks),
        "is_paused": one.is_paused,
    }


def _sent_record(one: Sent) -> dict[str, Any]:
    return {
        "type": "sent-notice",
        "id": one.id,
        "recipient": one.name,
        "channel": one.channel.value,
        "kind": one.kind.value,
        "subject": one.subject,
        "status": FATES[one.fate].label,
        "fate": one.fate.value,
        "made": iso(one.made),
        "sent": iso(one.sent),
        "attempts": one.attempts,
        "due": iso(one.due),
        "answer": one.answer or None,
        "code": one.code or None,
        "facts": dict(one.facts),
    }
