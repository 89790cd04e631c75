"""Turn a coroutine into a command: common options, one road for faults, clean endings."""

import asyncio
import contextlib
import functools
import inspect
import os
import signal
import sys
import traceback
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from saasbackup_desktop.agent.finding import desk_of
from saasbackup_desktop.agent.remote import connection_of
from saasbackup_desktop.app.clock import SystemClock
from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.home import default_home
from saasbackup_desktop.app.words import words_for
from saasbackup_desktop.cli.exits import ExitCode, fault_exit
from saasbackup_desktop.cli.output import Output
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.core.errors import Cancelled, Fault

Work = Callable[..., Coroutine[Any, Any, ExitCode | None]]

InHome = Annotated[
    Path | None,
    typer.Option(
        "--home",
        envvar="SAASBACKUP_HOME",
        metavar="DIR",
        help="Where settings, catalog and logs live. Default: the platform's own data folder.",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Write one JSON object per line.")]
_COMMON = {
    "home": InHome,
    "passphrase_file": Annotated[
        Path | None,
        typer.Option(
            "--passphrase-file",
            envvar="SAASBACKUP_PASSPHRASE_FILE",
            metavar="FILE",
            help="File whose first line is the vault's passphrase; - is standard input.",
            show_default=False,
        ),
    ],
    "as_json": AsJson,
}
_DEFAULTS = {"home": None, "passphrase_file": None, "as_json": False}


def command(
    group: typer.Typer, name: str, *, example: str, vault: bool = True, cut: str = "", alone: bool = False
) -> Callable[[Work], Work]:
    """Register ``async def work(shell, ...)``; ``vault``: it may need the vault's passphrase.

    ``cut``: which words of ``cancelled`` are true of it whenever it can be cut. ``alone``: it does not go through the
    home's agent.
    """
    common = [key for key in _COMMON if vault or key != "passphrase_file"]

    def register(work: Work) -> Work:
        def run(**options: Any) -> None:
            chosen = {key: options.pop(key) for key in common}
            raise typer.Exit(_carry_out(functools.partial(work, **options), cut, alone, **chosen))

        own = list(inspect.signature(work, eval_str=True).parameters.values())[1:]
        extra = [
            inspect.Parameter(key, inspect.Parameter.KEYWORD_ONLY, default=_DEFAULTS[key], annotation=_COMMON[key])
            for key in common
        ]
        parameters = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in own] + extra
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {one.name: one.annotation for one in parameters}
        group.command(name, help=inspect.getdoc(work), epilog=f"Example: {example}")(run)
        return work

    return register


def _carry_out(
    work: Callable[[Shell], Awaitable[ExitCode | None]],
    cut: str,
    alone: bool,
    as_json: bool,
    home: Path | None = None,
    passphrase_file: Path | None = None,
) -> ExitCode:
    out = Output(as_json)
    home = home or default_home()
    try:
        code = asyncio.run(_with_desk(work, home, out, passphrase_file, alone)) or ExitCode.DONE
        sys.stdout.flush()
        return code
    except Fault as fault:
        code = fault_exit(fault.code)
        facts = _cut_facts(cut) if isinstance(fault, Cancelled) else fault.facts
        out.problem(words_for(fault.code, facts), fault.code, facts, code)
        return code
    except (KeyboardInterrupt, asyncio.CancelledError):
        facts = _cut_facts(cut)
        out.problem(words_for(Cancelled.code, facts), Cancelled.code, facts, ExitCode.CANCELLED)
        return ExitCode.CANCELLED
    except BrokenPipeError:
        # Whoever read the results has seen enough; the interpreter's own flush at the end must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.FAILED
    except Exception as error:
        record = _keep_record(home, error)
        out.problem(words_for("bug"), "bug", {"file": str(record)}, ExitCode.FAILED)
        out.note(f"{type(error).__name__}; details are in {record}")
        return ExitCode.FAILED


async def _with_desk(
    work: Callable[[Shell], Awaitable[ExitCode | None]],
    home: Path,
    out: Output,
    passphrase_file: Path | None,
    alone: bool,
) -> ExitCode | None:
    task = asyncio.current_task()
    if task is not None and sys.platform != "win32":
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    desk = Desk(home) if alone else await desk_of(home)
    try:
        return await work(Shell(home, out, desk, passphrase_file))
    except asyncio.CancelledError:
        if (connection := connection_of(desk)) is not None:  # what it began would go on there
            with contextlib.suppress(Fault):
                await connection.stop_mine()
        raise
    finally:
        await desk.close()


def _cut_facts(cut: str) -> dict[str, str | int]:
    return {"what": cut} if cut else {}


def _keep_record(home: Path, error: Exception) -> Path:
    """Write down a mistake of ours where its report can be taken from."""
    logs = home / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    file = logs / f"mistake-{datetime.fromtimestamp(SystemClock().now(), UTC):%Y%m%dT%H%M%SZ}.txt"
    file.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    return file
