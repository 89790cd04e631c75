"""Asking before something that cannot be undone."""

from typing import Annotated

import typer

from saasbackup_desktop.cli import secret_input
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.core.errors import Cancelled, Misconfigured

Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


def require_agreement(shell: Shell, yes: bool, word: str, what: str) -> None:
    """Let a person type a word, unless they said yes beforehand. Raises Cancelled, Misconfigured."""
    if yes or secret_input.confirm(f"Type {word} {what}", word):
        return
    if shell.out.messages.is_terminal:
        raise Cancelled("not confirmed")
    raise Misconfigured(what=f"--yes is needed {what} where there is no terminal to ask at")
