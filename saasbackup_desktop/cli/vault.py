"""``saasbackup vault``: make, open, look at, check and rebuild."""

import functools
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.places import whole
from saasbackup_desktop.app.views import Damage, RecoveryKit
from saasbackup_desktop.app.words.phrases import fill
from saasbackup_desktop.app.words.reports import grouped
from saasbackup_desktop.app.words.states import DAMAGES, LOG_LINES, label
from saasbackup_desktop.cli import buckets, secret_input
from saasbackup_desktop.cli.command import command
from saasbackup_desktop.cli.exits import ExitCode
from saasbackup_desktop.cli.figures import count, counted, iso, local, printable, size
from saasbackup_desktop.cli.inside import LimitedOption, inside
from saasbackup_desktop.cli.interruption import finish_first
from saasbackup_desktop.cli.output import Column, field
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.cli.watch import see_through
from saasbackup_desktop.core.errors import Fault, Misconfigured, VaultDamaged

_NAMED: Final = 20
"""Items that a damage names for people."""

group = typer.Typer(name="vault", help="The encrypted place where backups are kept.", no_args_is_help=True)

Kit = Annotated[
    Path | None,
    typer.Option(metavar="OUT.pdf", help="Save the recovery kit as a PDF to print, instead of showing the key."),
]
Remember = Annotated[bool, typer.Option("--remember", help="Let this computer open it by itself from now on.")]


@command(
    group,
    "create",
    example="saasbackup vault create /media/backup/vault --recovery-kit kit.pdf",
    cut="nothing-made",
)
async def create(
    shell: Shell,
    location: Annotated[str, typer.Argument(help="An empty or new folder, or s3://BUCKET/FOLDER.")],
    recovery_kit: Kit = None,
    remember: Remember = False,
    endpoint: buckets.Endpoint = "",
    region: buckets.Region = "",
    style: buckets.InStyle = buckets.Style.AUTO,
    ca_file: buckets.CaFile = None,
    profile: buckets.Profile = "",
    encryption: buckets.Encryption = "",
    access_key: buckets.AccessKey = "",
    secret_key_file: buckets.SecretKeyFile = None,
    object_lock: buckets.LockDays = None,
    object_lock_mode: buckets.LockMode = buckets.Mode.GOVERNANCE,
) -> None:
    """Make a new vault and use it in this home.

    The recovery key that is shown or saved opens the vault if the passphrase is ever lost. Nothing else does.
    """
    refuse_if_taken(recovery_kit)
    settings = buckets.settings_of(location, endpoint, region, style, ca_file, profile, encryption)
    lock = buckets.lock_of(object_lock, object_lock_mode)
    passphrase = secret_input.obtain(
        shell.passphrase_file, "Passphrase for the new vault", "--passphrase-file", twice=True
    )
    keys = buckets.keys_of(access_key, secret_key_file)
    if lock is not None:
        shell.out.note("Proving first that the storage keeps its locks; this takes half a minute.")
    ready = functools.partial(finish_first, shell.out)
    kit = await shell.desk.create_vault(
        whole(location), passphrase, settings=settings, keys=keys, lock=lock, ready=ready
    )
    await hand_over(shell, kit, recovery_kit, f"The vault is made: {kit.location}")
    await buckets.tell_where_keys_are(shell, keys)
    await _remember(shell, remember)


@command(group, "open", example="saasbackup vault open /media/backup/vault")
async def open_vault(
    shell: Shell,
    location: Annotated[str, typer.Argument(help="The folder of a vault, or of a copy of one, or s3://BUCKET/FOLDER.")],
    limited: LimitedOption = "",
    remember: Remember = False,
    endpoint: buckets.Endpoint = "",
    region: buckets.Region = "",
    style: buckets.InStyle = buckets.Style.AUTO,
    ca_file: buckets.CaFile = None,
    profile: buckets.Profile = "",
    encryption: buckets.Encryption = "",
    access_key: buckets.AccessKey = "",
    secret_key_file: buckets.SecretKeyFile = None,
) -> None:
    """Use an existing vault in this home, with its passphrase or its recovery key; its catalog is rebuilt."""
    settings = buckets.settings_of(location, endpoint, region, style, ca_file, profile, encryption)
    secret = secret_input.obtain(shell.passphrase_file, "Passphrase or recovery key", "--passphrase-file")
    keys = buckets.keys_of(access_key, secret_key_file)
    await shell.desk.adopt_vault(inside(whole(location), limited), secret, settings=settings, keys=keys)
    await buckets.tell_where_keys_are(shell, keys)
    await _remember(shell, remember)
    cards = await shell.desk.cards()
    shell.out.record(
        {"type": "vault", "location": shell.desk.vault_location, "accounts": len(cards)},
        f"The vault is open: {shell.desk.vault_location}, {counted(len(cards), 'account')}",
    )


@command(
    group,
    "validate-store",
    example="saasbackup vault validate-store s3://bucket/vault --s3-endpoint https://s3.example.org --object-lock 30",
    vault=False,
)
async def validate_store(
    shell: Shell,
    location: Annotated[
        str | None, typer.Argument(help="A folder or s3://BUCKET/FOLDER; none: where this home's vault lies.")
    ] = None,
    endpoint: buckets.Endpoint = "",
    region: buckets.Region = "",
    style: buckets.InStyle = buckets.Style.AUTO,
    ca_file: buckets.CaFile = None,
    profile: buckets.Profile = "",
    encryption: buckets.Encryption = "",
    access_key: buckets.AccessKey = "",
    secret_key_file: buckets.SecretKeyFile = None,
    object_lock: buckets.LockDays = None,
    object_lock_mode: buckets.LockMode = buckets.Mode.GOVERNANCE,
) -> ExitCode:
    """Find out by trying whether a place is fit for a vault. Ends with 1 if it is not, as asked.

    Small files are written, read, listed and removed again; with an object lock, files that stay for some seconds.
    """
    lock = buckets.lock_of(object_lock, object_lock_mode)
    if location is None:
        buckets.settings_of("", endpoint, region, style, ca_file, profile, encryption)
        if lock is not None or access_key:
            raise Misconfigured(what="these options need a location")
        findings = await shell.desk.validate_store()
        return buckets.show_findings(shell, shell.desk.vault_location or "", findings)
    settings = buckets.settings_of(location, endpoint, region, style, ca_file, profile, encryption)
    keys = buckets.keys_of(access_key, secret_key_file)
    findings = await shell.desk.validate_store(whole(location), settings=settings, keys=keys, lock=lock)
    return buckets.show_findings(shell, whole(location), findings)


@command(group, "forget-bucket-keys", example="saasbackup vault forget-bucket-keys", vault=False)
async def forget_bucket_keys(shell: Shell) -> None:
    """Remove from the system's keyring the keys that were entered by hand for the bucket of this home's vault."""
    await shell.desk.forget_bucket_keys()
    shell.out.record(
        {"type": "bucket-keys-forgotten", "location": shell.desk.vault_location},
        "The keyring on this computer has no keys for the bucket any more.",
    )


@command(group, "info", example="saasbackup vault info")
async def info(shell: Shell) -> None:
    """Show where the vault lies and which keys open it."""
    found = await (await shell.unlocked()).vault_info()
    record = {
        "type": "vault",
        "location": found.location,
        "id": found.id,
        "created": iso(found.created),
        "keys": len(found.slots),
        "recovery_confirmed": found.recovery_confirmed,
        "report_key": found.report_key,
    }
    shell.out.fields(
        record,
        [
            field("Location", "location"),
            field("Id", "id"),
            Column("Created", lambda _record: local(found.created)),
            field("Keys", "keys"),
            Column("Recovery kit", lambda _record: "confirmed" if found.recovery_confirmed else "not confirmed yet"),
            Column("Seal of reports", lambda _record: grouped(found.report_key)),
        ],
    )


@command(group, "stats", example="saasbackup vault stats --json")
async def stats(shell: Shell) -> None:
    """Show how much the vault holds and what it takes on the disk."""
    found = await (await shell.unlocked()).vault_stats()
    record = {
        "type": "stats",
        "files": found.files,
        "stored": found.stored,
        "originals": found.originals,
        "items": found.items,
        "snapshots": found.snapshots,
    }
    shell.out.fields(
        record,
        [
            Column("Points in time", lambda _record: count(found.snapshots)),
            Column("Items now", lambda _record: count(found.items)),
            Column("Their size", lambda _record: size(found.originals)),
            Column("Stored", lambda _record: f"{size(found.stored)} in {counted(found.files, 'file')}"),
        ],
    )


@command(group, "rebuild-catalog", example="saasbackup vault rebuild-catalog")
async def rebuild_catalog(shell: Shell) -> None:
    """Make the local catalog anew from the vault alone."""
    desk = await shell.unlocked()
    await desk.rebuild_catalog()
    cards = await desk.cards()
    snapshots = sum(card.snapshots for card in cards)
    shell.out.record(
        {"type": "catalog", "accounts": len(cards), "snapshots": snapshots},
        f"The catalog is rebuilt: {counted(len(cards), 'account')}, "
        f"{counted(snapshots, 'point in time', 'points in time')}",
    )


@command(group, "check", example="saasbackup vault check --read-data 10")
async def check(
    shell: Shell,
    read_data: Annotated[
        int,
        typer.Option(
            min=0,
            max=100,
            metavar="[PERCENT]",
            help="Also read and decrypt this share of the stored data; alone: all of it.",
        ),
    ] = 0,
    repair: Annotated[
        bool,
        typer.Option(
            "--repair",
            help="First make whole what is not, as far as it can be read; the next backup fetches the rest again.",
        ),
    ] = False,
) -> ExitCode:
    """Prove that the vault is whole. Ends with 7 and a list if something is damaged.

    With --repair only what is found is repaired: together with --read-data that is everything.
    """
    desk = await _unlocked(shell, rescues=repair)
    job = await desk.check_vault(read_data, repair)
    code = await see_through(shell, [job])
    if repair:
        for line in await desk.log(job):
            if line.code.startswith("repair-"):
                text = fill(label(LOG_LINES, line.code), line.facts)
                record = {"type": "repair", "code": line.code.removeprefix("repair-"), "facts": dict(line.facts)}
                shell.out.record(record, printable(f"  {text}"))
    damages = await desk.damages(job, harmless=True)
    for damage in damages:
        shell.out.record(_damage_record(damage), _damage_text(damage))
    return ExitCode.DAMAGED if any(not damage.is_harmless for damage in damages) else code


@command(group, "mirror", example="saasbackup vault mirror /media/second/vault")
async def mirror(
    shell: Shell,
    to: Annotated[
        str, typer.Argument(help="An empty or new folder, or s3://BUCKET/FOLDER, or an earlier copy of this vault.")
    ],
    delete: Annotated[
        bool, typer.Option("--delete", help="Also remove from the copy what was removed from the vault on purpose.")
    ] = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Also read what is there already, and copy again what is damaged.")
    ] = False,
    endpoint: buckets.Endpoint = "",
    region: buckets.Region = "",
    style: buckets.InStyle = buckets.Style.AUTO,
    ca_file: buckets.CaFile = None,
    profile: buckets.Profile = "",
    encryption: buckets.Encryption = "",
    access_key: buckets.AccessKey = "",
    secret_key_file: buckets.SecretKeyFile = None,
) -> ExitCode:
    """Copy the vault to another place, or bring that copy up to date; "vault open" takes either.

    What is there already is not copied again. Without --delete the copy keeps what the vault has no more.
    """
    settings = buckets.settings_of(to, endpoint, region, style, ca_file, profile, encryption)
    desk = await shell.unlocked()
    keys = buckets.keys_of(access_key, secret_key_file)
    job = await desk.mirror(whole(to), settings=settings, keys=keys, delete=delete, verify=verify)
    return await see_through(shell, [job])


async def _unlocked(shell: Shell, *, rescues: bool) -> Desk:
    try:
        return await shell.unlocked()
    except VaultDamaged as damage:
        if not rescues or damage.facts.get("file") not in ("vault.json", "keys"):
            raise
    await shell.desk.rescue_vault(await shell.passphrase())
    return shell.desk


def refuse_if_taken(file: Path | None) -> None:
    """Find out before anything is made whether a recovery kit can be saved there. Raises Misconfigured."""
    if file is None:
        return
    if file.exists():
        raise Misconfigured(what=f"{file} exists already")
    if not file.absolute().parent.is_dir():
        raise Misconfigured(what=f"the folder {file.absolute().parent} does not exist")


async def hand_over(shell: Shell, kit: RecoveryKit, file: Path | None, text: str) -> None:
    """Save the recovery kit, or show its key; the key is shown as well if it cannot be saved."""
    record: dict[str, Any] = {
        "type": "recovery-kit",
        "location": kit.location,
        "vault": kit.vault_id,
        "created": iso(kit.created),
    }
    if file is not None:
        try:
            await shell.desk.save_recovery_kit(kit, file)
        except (Fault, OSError):
            shell.out.note(f"The recovery kit could not be saved as {file}; here is its key instead.")
        else:
            shell.out.record({**record, "file": str(file)}, f"{text}\nPrint the recovery kit and keep it safe: {file}")
            return
    shell.out.record(
        {**record, "recovery_key": kit.recovery_key},
        f"{text}\nWrite this recovery key down and keep it safe; it is not shown again:\n\n  {kit.recovery_key}\n",
    )


async def _remember(shell: Shell, wanted: bool) -> None:
    if wanted and not await shell.desk.remember():
        shell.out.note("There is no keyring on this computer that could keep a key for it.")


def _damage_record(damage: Damage) -> dict[str, Any]:
    return {
        "type": "damage",
        "file": damage.file,
        "code": damage.code,
        "harmless": damage.is_harmless,
        "items": list(damage.items),
    }


def _damage_text(damage: Damage) -> str:
    lines = [
        f"  {label(DAMAGES, damage.code).lower()}: {printable(damage.file)}{'; affected:' if damage.items else ''}"
    ]
    lines += [f"    {printable(name)}" for name in damage.items[:_NAMED]]
    if len(damage.items) > _NAMED:
        lines.append(f"    and {len(damage.items) - _NAMED:,} more; --json lists all")
    return "\n".join(lines)
