"""Options for a vault in a bucket, and ``saasbackup vault validate-store``."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from saasbackup_desktop.app.places import is_bucket, whole
from saasbackup_desktop.app.views import BucketKeys, BucketSettings, StoreFinding
from saasbackup_desktop.app.words.storage import OUTCOMES, check_name, explanation, verdict
from saasbackup_desktop.cli import secret_input
from saasbackup_desktop.cli.exits import ExitCode
from saasbackup_desktop.cli.output import Column
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ports import ObjectLock


class Style(StrEnum):
    """How a bucket is named in requests."""

    AUTO = "auto"
    PATH = "path"
    VIRTUAL = "virtual"


class Mode(StrEnum):
    """Kinds of object lock."""

    GOVERNANCE = "governance"
    COMPLIANCE = "compliance"


_GROUP: Final = "Vaults in a bucket"

Endpoint = Annotated[
    str,
    typer.Option("--s3-endpoint", metavar="URL", help="The storage service; default: Amazon.", rich_help_panel=_GROUP),
]
Region = Annotated[str, typer.Option("--s3-region", help="The bucket's region.", rich_help_panel=_GROUP)]
InStyle = Annotated[
    Style, typer.Option("--s3-style", help="How the bucket is named in requests.", rich_help_panel=_GROUP)
]
CaFile = Annotated[
    Path | None,
    typer.Option(
        "--s3-ca-file", help="PEM file with the authority of the service's certificate.", rich_help_panel=_GROUP
    ),
]
Profile = Annotated[
    str, typer.Option("--s3-profile", help="Take the keys from this AWS profile.", rich_help_panel=_GROUP)
]
Encryption = Annotated[
    str,
    typer.Option(
        "--s3-encryption",
        metavar="METHOD",
        help="Let the server encrypt, too: AES256, aws:kms or aws:kms:KEY.",
        rich_help_panel=_GROUP,
    ),
]
AccessKey = Annotated[
    str,
    typer.Option(
        "--s3-access-key",
        metavar="ID",
        help="Enter keys by hand: this one, and a secret key that is asked for and kept in the system's keyring.",
        rich_help_panel=_GROUP,
    ),
]
SecretKeyFile = Annotated[
    Path | None,
    typer.Option(
        "--s3-secret-key-file",
        metavar="FILE",
        help="File whose first line is the secret key; - is standard input.",
        rich_help_panel=_GROUP,
    ),
]
LockDays = Annotated[
    int | None,
    typer.Option(
        "--object-lock",
        metavar="DAYS",
        min=1,
        max=36_500,
        help="Let the storage refuse to remove what a point in time needs, for so many days after it was made.",
        rich_help_panel=_GROUP,
    ),
]
LockMode = Annotated[
    Mode,
    typer.Option(
        "--object-lock-mode",
        help="governance: whoever runs the storage can lift it. compliance: nobody can, before its time.",
        rich_help_panel=_GROUP,
    ),
]


def settings_of(
    location: str, endpoint: str, region: str, style: Style, ca_file: Path | None, profile: str, encryption: str
) -> BucketSettings | None:
    """What was said of a bucket. Raises Misconfigured if something was said and the location is a folder."""
    said = BucketSettings(
        endpoint=endpoint,
        region=region,
        style=style.value,
        ca_file=str(ca_file.expanduser().absolute()) if ca_file is not None else "",
        profile=profile,
        encryption=encryption,
    )
    if is_bucket(whole(location)):
        return said
    if said != BucketSettings():
        raise Misconfigured("a folder has no such settings", what="not-in-a-bucket", name=location)
    return None


def keys_of(access_key: str, secret_key_file: Path | None) -> BucketKeys | None:
    """Keys that are entered by hand; None if they are to be found. Raises Misconfigured."""
    if not access_key:
        if secret_key_file is not None:
            raise Misconfigured(what="--s3-secret-key-file needs --s3-access-key")
        return None
    secret = secret_input.obtain(secret_key_file, "Secret key of the storage service", "--s3-secret-key-file")
    return BucketKeys(access_key, secret)


def lock_of(days: int | None, mode: Mode) -> ObjectLock | None:
    """The object lock that was asked for."""
    return None if days is None else ObjectLock(mode.value, days)


async def tell_where_keys_are(shell: Shell, keys: BucketKeys | None) -> None:
    """Say so if keys that were entered by hand could not be kept."""
    if keys is not None and not await shell.desk.keeps_bucket_keys():
        shell.out.note(
            "There is no keyring on this computer that could keep the keys. From now on, set AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY, or use a profile."
        )


def show_findings(shell: Shell, location: str, findings: Sequence[StoreFinding]) -> ExitCode:
    """Write what a pre-flight found; ends with 1 if a vault cannot be kept there as asked."""
    columns = [
        Column("Tried", lambda record: check_name(record["check"]), is_whole=True),
        Column("Result", lambda record: OUTCOMES[record["outcome"]], is_whole=True),
        Column("", lambda record: record["text"]),
    ]
    shell.out.table([_record(finding) for finding in findings], columns)
    has_lock = any(finding.check == "lock" for finding in findings)
    mode = next((finding.facts.get("asked") for finding in findings if finding.check == "lock"), None)
    is_fit = all(finding.outcome != "failed" for finding in findings)
    shell.out.record(
        {"type": "store", "location": location, "fit": is_fit, "lock": mode},
        verdict(findings, has_lock),
    )
    return ExitCode.DONE if is_fit else ExitCode.FAILED


def _record(finding: StoreFinding) -> dict[str, Any]:
    return {
        "type": "finding",
        "check": finding.check,
        "outcome": finding.outcome,
        "reason": finding.reason,
        "facts": dict(finding.facts),
        "text": explanation(finding),
    }
