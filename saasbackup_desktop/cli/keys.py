"""``saasbackup vault keys``: the passphrases and recovery keys that open the vault."""

from pathlib import Path
from typing import Annotated

import typer

from saasbackup_desktop.app.words.states import KEY_KINDS, label
from saasbackup_desktop.cli import secret_input
from saasbackup_desktop.cli.command import command
from saasbackup_desktop.cli.figures import listed, local_iso
from saasbackup_desktop.cli.output import Column, field
from saasbackup_desktop.cli.records import slot_record
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.cli.vault import Kit, hand_over, refuse_if_taken
from saasbackup_desktop.core.errors import Misconfigured

group = typer.Typer(name="keys", help="The passphrases and recovery keys that open the vault.", no_args_is_help=True)

NewPassphrase = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="File whose first line is the new passphrase; - is standard input."),
]


@command(group, "list", example="saasbackup vault keys list")
async def list_keys(shell: Shell) -> None:
    """List the keys of the vault; the keys themselves are never shown."""
    info = await (await shell.unlocked()).vault_info()
    shell.out.table(
        [slot_record(slot) for slot in info.slots],
        [
            field("Id", "id", is_whole=True),
            Column("Kind", lambda record: label(KEY_KINDS, record["kind"])),
            field("Label", "label"),
            Column("Created", lambda record: local_iso(record["created"])),
        ],
    )


@command(group, "add", example="saasbackup vault keys add --label office --new-passphrase-file office.txt")
async def add(
    shell: Shell,
    label: Annotated[str, typer.Option(help="What to call the new key.")] = "",
    new_passphrase_file: NewPassphrase = None,
) -> None:
    """Add a passphrase: the vault opens with any of its keys."""
    desk = await shell.unlocked()
    passphrase = secret_input.obtain(new_passphrase_file, "New passphrase", "--new-passphrase-file", twice=True)
    slot = await desk.add_passphrase(passphrase, label)
    shell.out.record(slot_record(slot), f"The passphrase is added as key {slot.id}.")


@command(group, "remove", example="saasbackup vault keys remove 3f2a…")
async def remove(
    shell: Shell, key: Annotated[str, typer.Argument(help="The key's id, as “vault keys list” shows it.")]
) -> None:
    """Remove a key. The last one cannot be removed."""
    desk = await shell.unlocked()
    known = [slot.id for slot in (await desk.vault_info()).slots]
    if key not in known:
        raise Misconfigured(key, what=f"there is no key “{key}”; known: {listed(known)}")
    if len(known) == 1:
        raise Misconfigured(key, what="it is the last key: without it nothing would open the vault")
    await desk.remove_key(key)
    shell.out.record({"type": "key-removed", "id": key}, f"Key {key} is removed.")


@command(group, "change-passphrase", example="saasbackup vault keys change-passphrase")
async def change_passphrase(shell: Shell, new_passphrase_file: NewPassphrase = None) -> None:
    """Replace the vault's passphrase by a new one. Nothing is encrypted anew; other keys stay as they are."""
    old = await shell.passphrase()
    desk = await shell.unlocked()
    new = secret_input.obtain(new_passphrase_file, "New passphrase", "--new-passphrase-file", twice=True)
    await desk.change_passphrase(old, new)
    shell.out.record({"type": "passphrase-changed"}, "The passphrase is changed.")


@command(group, "new-recovery-key", example="saasbackup vault keys new-recovery-key --recovery-kit kit.pdf")
async def new_recovery_key(shell: Shell, recovery_kit: Kit = None) -> None:
    """Make another recovery key. Earlier ones stay valid until they are removed."""
    refuse_if_taken(recovery_kit)
    kit = await (await shell.unlocked()).new_recovery_key()
    await hand_over(shell, kit, recovery_kit, "A new recovery key is made.")
