"""What the operating systems are given to start an agent by: read as they read it."""

import plistlib
import shlex
import shutil
import subprocess
import sys
from configparser import RawConfigParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from saasbackup_desktop.agent import service
from saasbackup_desktop.agent.service import Kind, Plan
from saasbackup_desktop.core.errors import AgentFault

_TASK = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
ODD = 'a "home" with 100% $odd \\names & <signs>'


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("HOME", str(tmp_path))


def _plan(tmp_path: Path, kind: Kind, name: str = ODD) -> Plan:
    return service.plan(tmp_path / name, tmp_path / "pass phrase", kind)


def _words(tmp_path: Path, name: str = ODD) -> list[str]:
    return ["--home", str(tmp_path / name), "--service", "--passphrase-file", str(tmp_path / "pass phrase")]


def test_systemd_unit(tmp_path: Path) -> None:
    planned = _plan(tmp_path, Kind.SYSTEMD)
    unit = RawConfigParser(strict=True)
    unit.optionxform = str  # type: ignore[method-assign, assignment]
    unit.read_string(planned.content.decode())
    assert planned.file == tmp_path / "config" / "systemd" / "user" / planned.name
    words = shlex.split(unit["Service"]["ExecStart"])
    assert [word.replace("%%", "%").replace("$$", "$") for word in words][3:] == _words(tmp_path)
    assert words[:3] == [sys.executable, "-m", "saasbackup_desktop.agent"]
    assert unit["Service"]["Restart"] == "on-failure"
    assert unit["Install"]["WantedBy"] == "default.target"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    """As a system's unit: the user's own manager does not run everywhere."""
    planned = _plan(tmp_path, Kind.SYSTEMD)
    file = tmp_path / planned.name
    file.write_bytes(planned.content)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(file)], capture_output=True, text=True, check=False
    )
    assert not [line for line in done.stderr.splitlines() if planned.name in line], done.stderr


def test_launchd_agent(tmp_path: Path) -> None:
    planned = _plan(tmp_path, Kind.LAUNCHD)
    plist = plistlib.loads(planned.content)
    assert planned.file == tmp_path / "Library" / "LaunchAgents" / f"{plist['Label']}.plist"
    assert plist["ProgramArguments"][3:] == _words(tmp_path)
    assert plist["KeepAlive"] == {"SuccessfulExit": False}  # a polite end is an end
    assert plist["RunAtLoad"] is True
    assert plist["Umask"] == 0o077


def test_windows_task(tmp_path: Path) -> None:
    planned = _plan(tmp_path, Kind.WINDOWS)
    task = ElementTree.fromstring(planned.content.decode("utf-16").partition("\n")[2])
    assert [child.tag.removeprefix(_TASK) for child in task] == [
        "RegistrationInfo",
        "Triggers",
        "Principals",
        "Settings",
        "Actions",
    ]  # the schema's order
    command = task.find(f"{_TASK}Actions/{_TASK}Exec")
    assert command is not None
    arguments = command.findtext(f"{_TASK}Arguments")
    assert arguments == subprocess.list2cmdline(["-m", "saasbackup_desktop.agent", *_words(tmp_path)])
    settings = {child.tag.removeprefix(_TASK): child.text for child in task.find(f"{_TASK}Settings") or ()}
    assert settings["ExecutionTimeLimit"] == "PT0S"
    assert settings["DisallowStartIfOnBatteries"] == "false"
    assert planned.content[:2] in (b"\xff\xfe", b"\xfe\xff")


def test_each_home_has_a_service_of_its_own(tmp_path: Path) -> None:
    for kind in Kind:
        assert len({_plan(tmp_path, kind, name).name for name in ("one", "two")}) == 2


def test_what_is_installed_can_be_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's own command is replaced by one that writes down what it is asked."""
    asked = tmp_path / "asked"
    tool = tmp_path / "bin" / "systemctl"
    tool.parent.mkdir()
    tool.write_text(f'#!/bin/sh\necho "$@" >> "{asked}"\n')
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tool.parent), prepend=":")
    planned = _plan(tmp_path, Kind.SYSTEMD)
    with pytest.raises(AgentFault) as missing:
        service.uninstall(planned)
    assert missing.value.facts["what"] == "not-installed"
    outcome = service.install(planned)
    assert not outcome.refused
    assert planned.file.read_bytes() == planned.content
    assert not service.uninstall(planned).refused
    assert not planned.file.exists()
    assert asked.read_text().splitlines() == [
        "--user daemon-reload",
        f"--user enable --now {planned.name}",
        f"--user disable --now {planned.name}",
        "--user daemon-reload",
    ]
