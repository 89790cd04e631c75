"""Run an agent as a program of its own."""

import argparse
import asyncio
import logging
import logging.handlers
import os
import signal
import sys
from pathlib import Path
from typing import Final

from saasbackup_desktop.agent.host import PATIENCE, Host
from saasbackup_desktop.app.home import Home, default_home
from saasbackup_desktop.app.memory import share_arenas
from saasbackup_desktop.core.errors import AgentBusy, Fault

log = logging.getLogger(__name__)

BUSY: Final = 6
"""Exit code if another agent keeps the home: that of a locked vault."""
_NICE: Final = 10
_BELOW_NORMAL: Final = 0x4000
"""Windows' BELOW_NORMAL_PRIORITY_CLASS."""
_LOG_SIZE: Final = 1_000_000
_LOGS: Final = 3


def main(arguments: list[str] | None = None) -> int:
    """Run until ended; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m saasbackup_desktop.agent", description=__doc__)
    parser.add_argument("--home", type=Path, default=None)
    given = os.environ.get("SAASBACKUP_PASSPHRASE_FILE")
    parser.add_argument("--passphrase-file", type=Path, default=Path(given) if given else None)
    parser.add_argument("--stay", action="store_true", help="also when nobody needs it")
    parser.add_argument("--service", action="store_true", help="as a service: stay, and be started again when replaced")
    parser.add_argument("--patience", type=float, default=PATIENCE, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    try:
        return run(
            chosen.home or default_home(),
            passphrase_file=chosen.passphrase_file,
            stays=chosen.stay,
            is_service=chosen.service,
            patience=chosen.patience,
        )
    except AgentBusy:
        return BUSY
    except Fault as fault:
        log.error("the agent ends: %s", fault.code)
        return 1


def run(
    home: Path,
    *,
    passphrase_file: Path | None = None,
    stays: bool = False,
    is_service: bool = False,
    patience: float = PATIENCE,
) -> int:
    """Be the agent of a home until ended; the exit code. Raises AgentBusy, HomeFault."""
    share_arenas()
    give_way()
    host = Host(home, passphrase_file=passphrase_file, stays=stays, is_service=is_service, patience=patience)
    keep_log(host.place.log_file)
    return asyncio.run(_live(host))


def give_way() -> None:
    """Let whoever sits at this computer go first: the window answers while jobs keep every core busy."""
    if sys.platform != "win32":
        os.nice(max(0, _NICE - os.nice(0)))
        return
    import ctypes

    kernel = ctypes.windll.kernel32
    kernel.SetPriorityClass(kernel.GetCurrentProcess(), _BELOW_NORMAL)


def keep_log(file: Path) -> None:
    """Write down what the program says of itself; what could be a secret never is among it. Raises HomeFault."""
    Home(file.parent).make()
    kept = logging.handlers.RotatingFileHandler(file, maxBytes=_LOG_SIZE, backupCount=_LOGS, encoding="utf-8")
    kept.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[kept], force=True)
    logging.getLogger("saasbackup_desktop").setLevel(logging.INFO)


async def _live(host: Host) -> int:
    loop = asyncio.get_running_loop()
    life = loop.create_task(host.run())

    def end() -> None:
        host.stop()

    if sys.platform != "win32":
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(number, end)
    return await life
