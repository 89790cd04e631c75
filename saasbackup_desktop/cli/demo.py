"""``saasbackup demo``: an organisation that does not exist, from the first backup to the last proof."""

import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from saasbackup_desktop.app.words.demo import STEPS
from saasbackup_desktop.app.words.phrases import fill
from saasbackup_desktop.cli.command import command
from saasbackup_desktop.cli.exits import ExitCode
from saasbackup_desktop.cli.figures import count, printable, size
from saasbackup_desktop.cli.output import Output
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.core.errors import Misconfigured

if TYPE_CHECKING:
    from saasbackup_desktop.app.demo import Step


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    command(app, "demo", example="saasbackup demo --keep ~/demo", vault=False)(demo)


async def demo(
    shell: Shell,
    keep: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Keep home and vault in this new or empty folder.")
    ] = None,
    messages: Annotated[int, typer.Option(min=100, max=100_000, help="About how many messages to make.")] = 3000,
    directory: Annotated[
        bool, typer.Option(help="Also a tenant's directory (Entra), attacked and brought back.")
    ] = True,
) -> ExitCode:
    """Show it all on an organisation that does not exist: back up, browse, search, restore, verify.

    Everything happens on this computer; nothing of yours is touched.
    """
    # Loading the pretend servers takes longer than many a command.
    from saasbackup_desktop.app.demo import PASSPHRASE, Demonstration
    from saasbackup_desktop.app.tour import tour

    with ExitStack() as open_things:
        folder = _kept(keep) if keep else Path(open_things.enter_context(tempfile.TemporaryDirectory()))
        demonstration = open_things.enter_context(Demonstration(folder, messages=messages, directory=directory))
        tell = _Report(shell.out).tell
        await demonstration.prepare(tell)
        is_whole = await tour(demonstration, tell)
    shell.out.note(
        "Everything came back as it was."
        if is_whole
        else "Not everything came back as it was: that is a mistake of ours."
    )
    if not keep:
        shell.out.note(
            "To look around in it: saasbackup demo --keep DIR, or “Explore the demonstration” in the window."
        )
    if keep:
        shell.out.note(f"Kept in {folder}. Look around: saasbackup accounts --home {folder / 'home'}")
        shell.out.note(f"The passphrase is “{PASSPHRASE}”. Its servers are gone; browsing needs none.")
    return ExitCode.DONE if is_whole else ExitCode.FAILED


def _kept(folder: Path) -> Path:
    folder = folder.expanduser().absolute()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Misconfigured(what=f"{folder} is not an empty folder")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


class _Report:
    """A line for each step, once it is over; a terminal shows it from its beginning on."""

    def __init__(self, out: Output) -> None:
        self._out = out

    def tell(self, step: "Step") -> None:
        """Write a step down."""
        title, outcome = STEPS[step.code]
        facts = _readable(step.counts)
        if step.seconds is None:
            if not self._out.as_json:
                self._out.note(f"{printable(fill(title, facts))} …")
            return
        text = printable(fill(outcome, facts))
        record = {
            "type": "demo-step",
            "step": step.code,
            "text": text,
            "seconds": round(step.seconds, 2),
            **step.counts,
        }
        self._out.record(record, f"  {text} ({step.seconds:.1f} s)")


def _readable(counts: Mapping[str, str | int]) -> dict[str, str | int]:
    return {
        name: value if isinstance(value, str) else size(value) if name.endswith("bytes") else count(value)
        for name, value in counts.items()
    }
