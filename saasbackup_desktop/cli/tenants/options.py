"""What the commands about tenants are told, and what they make of it."""

import json
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from saasbackup_desktop.app.tenants.views import SERVICES
from saasbackup_desktop.cli import secret_input
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.model import Service

CLOUDS: Final = ("global", "gcc-high", "dod", "china")


class Auth(StrEnum):
    """Who the program is to Microsoft."""

    APP = "app"
    DEVICE_CODE = "device-code"


Name = Annotated[str, typer.Argument(metavar="NAME", help="The tenant's name, as “source list” shows it.")]
TenantId = Annotated[
    str, typer.Option("--tenant", metavar="ID|DOMAIN", help="The directory's id or a domain of it.", show_default=False)
]
Client = Annotated[
    str, typer.Option("--client", metavar="ID", help="The application's (client) id.", show_default=False)
]
CertificateFile = Annotated[
    Path | None,
    typer.Option("--certificate", metavar="FILE", help="PEM file with a certificate and its key; it is kept sealed."),
]
NewCertificate = Annotated[
    Path | None,
    typer.Option("--new-certificate", metavar="OUT.cer", help="Make one; its public half, to upload, goes there."),
]
SecretFile = Annotated[
    Path | None,
    typer.Option("--secret-file", metavar="FILE", help="File whose first line is the client secret; - is stdin."),
]
CloudName = Annotated[
    str,
    typer.Option("--cloud", metavar="|".join((*CLOUDS, "FILE")), help="Which cloud, or a JSON file: login and graph."),
]
Services = Annotated[list[Service] | None, typer.Option("--service", help="Only this; may be repeated. Default: all.")]
Mailboxes = Annotated[
    list[str] | None,
    typer.Option("--mailbox", metavar="ADDRESS", help="Shared with whoever signs in; may be repeated."),
]
CaFile = Annotated[
    Path | None, typer.Option("--ca-file", metavar="FILE", help="PEM file with an authority of one's own.")
]


def cloud_of(text: str) -> tuple[str, str, str]:
    """A cloud's name, and the addresses of a custom one: sign-in and Graph. Raises Misconfigured."""
    if text in CLOUDS:
        return text, "", ""
    file = Path(text).expanduser()
    if not file.is_file():
        raise Misconfigured(text, what=f"--cloud takes {', '.join(CLOUDS)} or a file; there is no file “{text}”")
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Misconfigured(str(error), what=f"the file {file} is no JSON that can be read") from error
    if not isinstance(said, dict) or not all(isinstance(said.get(key), str) for key in ("login", "graph")):
        example = '{"login": "https://…", "graph": "https://…"}'
        raise Misconfigured(text, what=f"the file {file} must hold an object like {example}")
    return "custom", said["login"], said["graph"]


def services_of(chosen: Iterable[Service] | None) -> tuple[Service, ...]:
    """Services in their order; all if none is named. Raises Misconfigured for what a tenant does not have."""
    wanted = set(chosen or SERVICES)
    if wanted - set(SERVICES):
        raise Misconfigured(what=f"Microsoft 365 has no service “{sorted(wanted - set(SERVICES))[0]}” here")
    return tuple(service for service in SERVICES if service in wanted)


def ca_file_of(file: Path | None) -> str:
    """The file's whole path; empty for none."""
    return str(file.expanduser().absolute()) if file is not None else ""


def text_of(file: Path) -> str:
    """What stands in a text file. Raises Misconfigured."""
    try:
        return file.expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(str(error), what=f"the file {file} cannot be read") from error


def data_of(file: Path) -> bytes:
    """What is in a file, or on standard input for ``-``. Raises Misconfigured."""
    try:
        return secret_input.standard_input() if file == secret_input.STANDARD_INPUT else file.expanduser().read_bytes()
    except OSError as error:
        raise Misconfigured(str(error), what=f"the file {file} cannot be read") from error


def require_one(what: str, **given: object) -> str:
    """The one option of several that is given. Raises Misconfigured for none or more."""
    chosen = [name for name, value in given.items() if value]
    if len(chosen) != 1:
        options = ", ".join(name if name.isupper() else f"--{name.replace('_', '-')}" for name in given)
        raise Misconfigured(what=f"{what} takes exactly one of {options}")
    return chosen[0]


def require_new(file: Path | None) -> None:
    """Refuse to write over a file. Raises Misconfigured."""
    if file is not None and file.expanduser().exists():
        raise Misconfigured(what=f"{file} exists already")


def write(file: Path, text: str) -> None:
    """Write a text file. Raises Misconfigured."""
    try:
        file.expanduser().write_text(text, encoding="utf-8")
    except OSError as error:
        raise Misconfigured(str(error), what=f"{file} cannot be written") from error
