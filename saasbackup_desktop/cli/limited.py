"""``saasbackup vault limited``: vaults inside the vault that its keys do not open."""

from typing import Annotated

import typer

from saasbackup_desktop.cli import secret_input
from saasbackup_desktop.cli.agreement import Yes, require_agreement
from saasbackup_desktop.cli.command import command
from saasbackup_desktop.cli.figures import counted, iso, listed, local
from saasbackup_desktop.cli.inside import inside
from saasbackup_desktop.cli.interruption import finish_first
from saasbackup_desktop.cli.keys import NewPassphrase
from saasbackup_desktop.cli.output import field
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.cli.vault import Kit, hand_over, refuse_if_taken
from saasbackup_desktop.core.errors import Misconfigured

group = typer.Typer(
    name="limited",
    help="Vaults inside the vault, for accounts that its other keys must not open.",
    no_args_is_help=True,
)

LimitedId = Annotated[str, typer.Argument(metavar="ID", help="Its id, as “vault limited list” shows it.")]


@command(
    group,
    "add",
    example="saasbackup vault limited add --label Board --recovery-kit board.pdf",
    cut="nothing-made",
)
async def add(
    shell: Shell,
    label: Annotated[str, typer.Option(help="What to call it; only its own keys show that.")] = "",
    new_passphrase_file: NewPassphrase = None,
    recovery_kit: Kit = None,
) -> None:
    """Make a limited vault, with a passphrase and a recovery key of its own.

    Whoever has only the keys of the vault around it sees that it is there, and nothing of what it holds. It is worked
    with in a home of its own: saasbackup vault open LOCATION --limited ID --home OTHER.
    """
    refuse_if_taken(recovery_kit)
    desk = await shell.unlocked()
    passphrase = secret_input.obtain(
        new_passphrase_file, "Passphrase for the limited vault", "--new-passphrase-file", twice=True
    )
    await finish_first(shell.out)
    kit = await desk.add_limited(passphrase, label)
    shell.out.record(
        {"type": "limited-vault", "id": kit.vault_id, "location": kit.location},
        f"The limited vault is made: {kit.vault_id}",
    )
    await hand_over(shell, kit, recovery_kit, "It has a recovery key of its own.")


@command(group, "list", example="saasbackup vault limited list")
async def list_limited(shell: Shell) -> None:
    """List the limited vaults: their ids are all that can be told without their keys."""
    desk = await shell.unlocked()
    shell.out.table(
        [
            {"type": "limited-vault", "id": id, "location": inside(desk.vault_location or "", id)}
            for id in await desk.limited_vaults()
        ],
        [field("Id", "id", is_whole=True), field("Location", "location")],
    )


@command(group, "erase", example="saasbackup vault limited erase 3f2a9c0d1b7e4a553f2a9c0d1b7e4a55")
async def erase(shell: Shell, id: LimitedId, yes: Yes = False) -> None:
    """Destroy a limited vault for ever: its keys first, then its files. Its passphrase is not needed.

    Copies and mirrors of the vault are not reached by this: erase it there, too.
    """
    desk = await shell.unlocked()
    known = await desk.limited_vaults()
    if id not in known:
        raise Misconfigured(id, what=f"there is no limited vault “{id}”; known: {listed(known)}")
    shell.out.note(f"Everything in the limited vault {id} will be lost for ever, all points in time with it.")
    require_agreement(shell, yes, id[:8], "to erase it")
    done = await desk.erase_limited(id)
    text = f"The limited vault is erased: {counted(done.files, 'file')} removed."
    if done.kept_until is not None:
        text += (
            f"\nThe storage's lock keeps {counted(done.kept, 'file')} until {local(done.kept_until)}, its keys among "
            "them: until then, whoever can read old versions there and knows its passphrase can read it."
        )
    record = {"type": "limited-erased", "id": id, "files": done.files, "kept": done.kept}
    shell.out.record({**record, "kept_until": iso(done.kept_until)}, text)
