"""An agent that the operating system starts when somebody signs in, or with the machine: one service for each home."""

import hashlib
import os
import platform
import plistlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from saasbackup_desktop.agent.finding import program
from saasbackup_desktop.app.home import usual_home, write_whole
from saasbackup_desktop.core.errors import AgentFault, HomeFault

_TASKS: Final = "http://schemas.microsoft.com/windows/2004/02/mit/task"
_SECONDS: Final = 30


class Kind(StrEnum):
    """Who starts it."""

    SYSTEMD = "systemd"
    LAUNCHD = "launchd"
    WINDOWS = "windows"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is written, and what the system is asked."""

    kind: Kind
    name: str
    file: Path
    content: bytes
    begin: Sequence[Sequence[str]]
    end: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of it."""

    plan: Plan
    done: Sequence[str] = ()
    """Commands that the system carried out."""
    refused: Sequence[str] = ()
    """Commands that it did not, or that are not there: to be run by hand."""
    facts: dict[str, str] = field(default_factory=dict)
    """``linger``: ``yes`` or ``no``, where systemd tells."""


def kind_here() -> Kind:
    """Who starts services on this machine."""
    return {"win32": Kind.WINDOWS, "darwin": Kind.LAUNCHD}.get(sys.platform, Kind.SYSTEMD)


def plan(home: Path, passphrase_file: Path | None = None, kind: Kind | None = None) -> Plan:
    """Say what would be written for a home, and where."""
    kind = kind or kind_here()
    home = home.absolute()
    arguments = [*program(), "--home", str(home), "--service"]
    if passphrase_file is not None:
        arguments += ["--passphrase-file", str(passphrase_file.absolute())]
    is_default = home == usual_home().absolute()
    suffix = "" if is_default else f"-{hashlib.sha256(os.fsencode(home)).hexdigest()[:8]}"
    return _PLANS[kind](f"saasbackup-agent{suffix}", home, arguments)


def install(planned: Plan) -> Outcome:
    """Write it and let the system begin. Raises HomeFault."""
    try:
        planned.file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise HomeFault(
            os.strerror(error.errno or 0), location=str(planned.file.parent), reason="unwritable"
        ) from error
    write_whole(planned.file, planned.content)
    done, refused = _ask(planned.begin)
    return Outcome(plan=planned, done=done, refused=refused, facts=_linger(planned.kind))


def uninstall(planned: Plan) -> Outcome:
    """Let the system end it, and remove the file. Raises AgentFault if nothing is installed."""
    if not planned.file.exists():
        raise AgentFault("not installed", what="not-installed", file=str(planned.file))
    done, refused = _ask(planned.end)
    planned.file.unlink()
    if planned.kind is Kind.SYSTEMD:
        more, not_either = _ask([["systemctl", "--user", "daemon-reload"]])
        done, refused = [*done, *more], [*refused, *not_either]
    return Outcome(plan=planned, done=done, refused=refused)


def _ask(commands: Sequence[Sequence[str]]) -> tuple[list[str], list[str]]:
    done: list[str] = []
    refused: list[str] = []
    for command in commands:
        is_done = False
        if shutil.which(command[0]) is not None and not refused:
            try:
                ended = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
                is_done = ended.returncode == 0
            except (OSError, subprocess.TimeoutExpired):
                is_done = False
        (done if is_done else refused).append(subprocess.list2cmdline(command))
    return done, refused


def _linger(kind: Kind) -> dict[str, str]:
    """Whether the system starts this user's services with the machine, before anybody signs in."""
    if kind is not Kind.SYSTEMD or kind_here() is not Kind.SYSTEMD:
        return {}
    user = os.environ.get("USER") or str(os.getuid())
    return {"linger": "yes" if Path("/var/lib/systemd/linger", user).exists() else "no"}


def _systemd(name: str, home: Path, arguments: Sequence[str]) -> Plan:
    folder = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user"
    lines = [
        "[Unit]",
        f"Description=SaaS Backup Desktop, background agent of {_specifiers(str(home))}",
        "After=network-online.target",
        "",
        "[Service]",
        "Type=exec",
        f"ExecStart={' '.join(map(_quoted, arguments))}",
        f"WorkingDirectory={_specifiers(str(Path(__file__).resolve().parents[2]))}",
        "Restart=on-failure",
        "RestartSec=10",
        "RestartPreventExitStatus=6",
        "TimeoutStopSec=90",
        "KillSignal=SIGTERM",
        "UMask=0077",
        "",
        "[Install]",
        "WantedBy=default.target",
        "",
    ]
    unit = f"{name}.service"
    control = ["systemctl", "--user"]
    return Plan(
        kind=Kind.SYSTEMD,
        name=unit,
        file=folder / unit,
        content="\n".join(lines).encode(),
        begin=[[*control, "daemon-reload"], [*control, "enable", "--now", unit]],
        end=[[*control, "disable", "--now", unit]],
    )


def _specifiers(text: str) -> str:
    return text.replace("%", "%%")


def _quoted(word: str) -> str:
    """A word of a systemd command line (systemd.service(5), systemd.syntax(7))."""
    escaped = _specifiers(word).replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    return f'"{escaped}"'


def _launchd(name: str, home: Path, arguments: Sequence[str]) -> Plan:
    label = f"org.saasbackup.{name.removeprefix('saasbackup-')}"
    file = Path.home() / "Library" / "LaunchAgents" / f"{label}.plist"
    said = str(home / "logs" / "agent-start.log")
    content = plistlib.dumps(
        {
            "Label": label,
            "ProgramArguments": [*arguments],
            "WorkingDirectory": str(Path(__file__).resolve().parents[2]),
            "RunAtLoad": True,
            "KeepAlive": {"SuccessfulExit": False},
            "ThrottleInterval": 10,
            "ExitTimeOut": 90,
            "ProcessType": "Background",
            "Umask": 0o077,
            "StandardOutPath": said,
            "StandardErrorPath": said,
        }
    )
    domain = f"gui/{os.getuid()}" if sys.platform != "win32" else "gui"
    return Plan(
        kind=Kind.LAUNCHD,
        name=label,
        file=file,
        content=content,
        begin=[["launchctl", "bootstrap", domain, str(file)]],
        end=[["launchctl", "bootout", f"{domain}/{label}"]],
    )


def _windows(name: str, home: Path, arguments: Sequence[str]) -> Plan:
    """A scheduled task of this user, from sign-in on, on battery too, started again after a failure."""
    user = f"{os.environ.get('USERDOMAIN') or platform.node()}\\{os.environ.get('USERNAME', '')}"
    task = ElementTree.Element("Task", {"version": "1.3", "xmlns": _TASKS})
    told = _below(task, "RegistrationInfo")
    _below(told, "Description", f"SaaS Backup Desktop, background agent of {home}")
    trigger = _below(_below(task, "Triggers"), "LogonTrigger")
    _below(trigger, "Enabled", "true")
    _below(trigger, "UserId", user)
    principal = _below(_below(task, "Principals"), "Principal", id="Author")
    _below(principal, "UserId", user)
    _below(principal, "LogonType", "InteractiveToken")
    _below(principal, "RunLevel", "LeastPrivilege")
    settings = _below(task, "Settings")
    _below(settings, "MultipleInstancesPolicy", "IgnoreNew")
    _below(settings, "DisallowStartIfOnBatteries", "false")
    _below(settings, "StopIfGoingOnBatteries", "false")
    _below(settings, "StartWhenAvailable", "true")
    _below(settings, "Enabled", "true")
    _below(settings, "ExecutionTimeLimit", "PT0S")
    again = _below(settings, "RestartOnFailure")
    _below(again, "Interval", "PT1M")
    _below(again, "Count", "10")
    action = _below(_below(task, "Actions", Context="Author"), "Exec")
    _below(action, "Command", arguments[0])
    _below(action, "Arguments", subprocess.list2cmdline(arguments[1:]))
    _below(action, "WorkingDirectory", str(Path(__file__).resolve().parents[2]))
    content = '<?xml version="1.0" encoding="UTF-16"?>\n' + ElementTree.tostring(task, encoding="unicode")
    file = home / "agent-task.xml"
    return Plan(
        kind=Kind.WINDOWS,
        name=name,
        file=file,
        content=content.encode("utf-16"),
        begin=[["schtasks", "/Create", "/F", "/TN", name, "/XML", str(file)], ["schtasks", "/Run", "/TN", name]],
        end=[["schtasks", "/End", "/TN", name], ["schtasks", "/Delete", "/F", "/TN", name]],
    )


def _below(parent: ElementTree.Element, tag: str, text: str = "", **attributes: str) -> ElementTree.Element:
    made = ElementTree.SubElement(parent, tag, attributes)
    made.text = text or None
    return made


_PLANS: Final = {Kind.SYSTEMD: _systemd, Kind.LAUNCHD: _launchd, Kind.WINDOWS: _windows}
