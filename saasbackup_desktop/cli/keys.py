"""``saasbackup vault keys``: what opens the vault."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from saasbackup_desktop.app.views import KeySlot
from saasbackup_desktop.app.words.states import KEY_KINDS, label
from saasbackup_desktop.cli import secret_input
from saasbackup_desktop.cli.agreement import Yes, require_agreement
from saasbackup_desktop.cli.command import command
from saasbackup_desktop.cli.figures import iso, listed, local, local_iso, printable
from saasbackup_desktop.cli.interruption import finish_first
from saasbackup_desktop.cli.output import Column, field
from saasbackup_desktop.cli.records import slot_record
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.cli.vault import Kit, hand_over, refuse_if_taken
from saasbackup_desktop.core.errors import Misconfigured, WrongPassphrase

group = typer.Typer(
    name="keys", help="What opens the vault: passphrases, recovery keys, computers.", no_args_is_help=True
)

NewPassphrase = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="File whose first line is the new passphrase; - is standard input."),
]
KeyId = Annotated[str, typer.Argument(help="The key's id, as “vault keys list” shows it.")]


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
            Column("Note", lambda record: _note(record["superseded"], record["here"])),
        ],
    )


@command(
    group, "add", example="saasbackup vault keys add --label office --new-passphrase-file office.txt", cut="keys-kept"
)
async def add(
    shell: Shell,
    label: Annotated[str, typer.Option(help="What to call the new key.")] = "",
    new_passphrase_file: NewPassphrase = None,
) -> None:
    """Add a passphrase: the vault opens with any of its keys."""
    desk = await shell.unlocked()
    passphrase = secret_input.obtain(new_passphrase_file, "New passphrase", "--new-passphrase-file", twice=True)
    await finish_first(shell.out)
    slot = await desk.add_passphrase(passphrase, label)
    shell.out.record(slot_record(slot), f"The passphrase is added as key {slot.id}.")


@command(group, "add-device", example="saasbackup vault keys add-device", cut="keys-kept")
async def add_device(shell: Shell) -> None:
    """Let this computer open the vault without a passphrase, with a key of its own in the system's keyring.

    Removing that key from the vault takes it back. Nothing happens if this computer has one already.
    """
    desk = await shell.unlocked()
    await finish_first(shell.out)
    if not await desk.remember():
        raise Misconfigured(what="this computer has no keyring that keeps secrets encrypted")
    for slot in (await desk.vault_info()).slots:
        if slot.is_here:
            shell.out.record(slot_record(slot), f"This computer opens the vault by itself now, with key {slot.id}.")


@command(group, "remove", example="saasbackup vault keys remove 3f2a9c0d1b7e4a55", cut="keys-kept")
async def remove(shell: Shell, key: KeyId, yes: Yes = False) -> None:
    """Remove a key. The last one that a person has cannot be removed; for the last of its kind it asks first."""
    desk = await shell.unlocked()
    info = await desk.vault_info()
    slots = {slot.id: slot for slot in info.slots}
    if key not in slots:
        raise Misconfigured(key, what=f"there is no key “{key}”; known: {listed(slots)}")
    force = False
    others = [slot for slot in slots.values() if slot.id != key and not slot.is_superseded]
    if (
        slots[key].kind == "recovery"
        and not slots[key].is_superseded
        and others
        and all(slot.kind != "recovery" for slot in others)
    ):
        shell.out.note("This is the only recovery key. Without it, a lost passphrase means lost backups.")
        require_agreement(shell, yes, "remove", "to remove it all the same")
        force = True
    if slots[key].kind == "passphrase" and not slots[key].is_superseded:
        left = {slot.kind for slot in others}
        if "passphrase" not in left and "recovery" in left:
            if not info.recovery_confirmed and not yes:
                raise Misconfigured(key, what="unconfirmed-recovery-key", name=key)
            computer = " and this computer's own key" if any(slot.is_here for slot in others) else ""
            shell.out.note(f"This is the only passphrase. Only the recovery key{computer} will open the vault then.")
            require_agreement(shell, yes, "remove", "to remove it all the same")
    await finish_first(shell.out)
    until = await desk.remove_key(key, force=force)
    shell.out.record(
        {"type": "key-removed", "id": key, "kept_until": iso(until)}, f"Key {key} is removed.{_kept(until)}"
    )


@command(group, "rename", example='saasbackup vault keys rename 3f2a9c0d1b7e4a55 --label "Front desk"', cut="keys-kept")
async def rename(
    shell: Shell, key: KeyId, label: Annotated[str, typer.Option(help="What to call it from now on.")]
) -> None:
    """Give a key another label. Its id is another one then, too."""
    desk = await shell.unlocked()
    await finish_first(shell.out)
    slot = await desk.rename_key(key, label)
    shell.out.record(slot_record(slot), printable(f"The key is called “{slot.label}” now, and its id is {slot.id}."))


@command(group, "change-passphrase", example="saasbackup vault keys change-passphrase", cut="keys-kept")
async def change_passphrase(shell: Shell, new_passphrase_file: NewPassphrase = None) -> None:
    """Replace the vault's passphrase by a new one. Nothing is encrypted anew; other keys stay as they are."""
    old = await shell.passphrase()
    desk = await shell.unlocked()
    new = secret_input.obtain(new_passphrase_file, "New passphrase", "--new-passphrase-file", twice=True)
    await finish_first(shell.out)
    until = await desk.change_passphrase(old, new)
    shell.out.record(
        {"type": "passphrase-changed", "kept_until": iso(until)}, f"The passphrase is changed.{_kept(until)}"
    )


@command(
    group, "new-recovery-key", example="saasbackup vault keys new-recovery-key --recovery-kit kit.pdf", cut="keys-kept"
)
async def new_recovery_key(shell: Shell, recovery_kit: Kit = None) -> None:
    """Make another recovery key. Earlier ones stay valid until they are removed."""
    refuse_if_taken(recovery_kit)
    desk = await shell.unlocked()
    await finish_first(shell.out)
    kit = await desk.new_recovery_key()
    await hand_over(shell, kit, recovery_kit, "A new recovery key is made.")


@command(group, "confirm-recovery-key", example="saasbackup vault keys confirm-recovery-key")
async def confirm_recovery_key(
    shell: Shell,
    recovery_key_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="File whose first line is the recovery key; - is standard input."),
    ] = None,
) -> None:
    """Prove that the recovery kit is at hand, by its key; the reminder ends then. Ends with 6 if it opens nothing."""
    desk = await shell.unlocked()
    typed = secret_input.obtain(recovery_key_file, "Recovery key from the kit", "--recovery-key-file")
    try:
        await desk.prove_recovery_kit(typed)
    except WrongPassphrase:
        shell.out.record({"type": "recovery-key", "confirmed": False}, "The recovery kit is not confirmed.")
        raise
    shell.out.record({"type": "recovery-key", "confirmed": True}, "The recovery kit is confirmed.")


@command(
    group,
    "rotate",
    example="saasbackup vault keys rotate --recovery-kit kit.pdf --new-passphrase-file new.txt",
    cut="keys-kept",
)
async def rotate(
    shell: Shell, recovery_kit: Kit = None, new_passphrase_file: NewPassphrase = None, yes: Yes = False
) -> None:
    """Replace the vault's master key, for when a passphrase or a recovery kit may have been seen by somebody.

    What is saved from now on is encrypted under the new key. Every key that opens the vault now falls away; they are
    named first, and it asks. What was saved before stays readable; prune moves it under the new key little by little.
    """
    refuse_if_taken(recovery_kit)
    desk = await shell.unlocked()
    shell.out.note("These open the vault now, and will not any more:")
    for slot in (await desk.vault_info()).slots:
        shell.out.note(printable(f"  {_described(slot)}{' (made anew)' if slot.is_here else ''}"))
    require_agreement(shell, yes, "rotate", "to replace them by a new passphrase and a new recovery key")
    passphrase = secret_input.obtain(new_passphrase_file, "New passphrase", "--new-passphrase-file", twice=True)
    await finish_first(shell.out)
    done = await desk.rotate_keys(passphrase)
    shell.out.record(
        {
            "type": "keys-rotated",
            "fallen": [slot_record(slot) for slot in done.fallen],
            "left": [slot.id for slot in done.left],
            "kept_until": iso(done.kept_until),
            "remembered": done.is_remembered,
        },
        f"The keys are replaced; the new passphrase opens the vault.{_kept(done.kept_until)}{_left(done.left)}",
    )
    await hand_over(shell, done.kit, recovery_kit, "A new recovery key is made.")


def _described(slot: KeySlot) -> str:
    name = f" “{slot.label}”" if slot.label else ""
    return f"{label(KEY_KINDS, slot.kind)}{name}, made {local(slot.created)}, id {slot.id}"


def _note(is_superseded: bool, is_here: bool) -> str:
    if is_superseded:
        return "opens nothing any more"
    return "this computer" if is_here else ""


def _kept(until: int | None) -> str:
    if until is None:
        return ""
    return (
        f"\nThe storage's lock keeps its file until {local(until)}: until then, whoever can read old versions there "
        "and knows the old secret can read what was saved so far."
    )


def _left(slots: Sequence[KeySlot]) -> str:
    if not slots:
        return ""
    return f"\nThe storage did not let go of these files; they open nothing new: {listed(slot.id for slot in slots)}"
