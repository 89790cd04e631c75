"""What every command has at hand: the home, the desk, the output, and a vault that opens when needed."""

import sys
from dataclasses import dataclass, field
from pathlib import Path

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.cli import secret_input
from saasbackup_desktop.cli.output import Output
from saasbackup_desktop.core.errors import Misconfigured, VaultKeysChanged, WrongPassphrase


@dataclass(slots=True)
class Shell:
    """One call of a command."""

    home: Path
    out: Output
    desk: Desk
    passphrase_file: Path | None = None
    _given: str | None = field(default=None, repr=False)

    async def unlocked(self) -> Desk:
        """Open this home's vault with the passphrase from its file, this computer's own key, or a question.

        Raises Misconfigured if there is no vault yet, WrongPassphrase, VaultKeysChanged.
        """
        if self.desk.is_open:
            return self.desk
        if self.desk.vault_location is None:
            raise Misconfigured(
                what="no vault is set up here yet; “saasbackup vault create” makes one, "
                "“saasbackup vault open” takes one that exists"
            )
        if self.passphrase_file is None and self._given is None and await self._unlocked_by_itself():
            return self.desk
        await self.desk.unlock(await self.passphrase())
        return self.desk

    async def passphrase(self) -> str:
        """Find out what opens the vault, once. Raises Misconfigured, WrongPassphrase if there is nobody to ask."""
        if self._given is None:
            self._given = self._find_passphrase()
        return self._given

    async def _unlocked_by_itself(self) -> bool:
        try:
            return await self.desk.unlock_remembered()
        except (WrongPassphrase, VaultKeysChanged):
            if not sys.stdin.isatty():
                raise
            self.out.note("The key in this computer's keyring does not open the vault any more.")
            return False

    def _find_passphrase(self) -> str:
        if self.passphrase_file is not None:
            return secret_input.from_file(self.passphrase_file)
        asked = secret_input.ask("Passphrase of the vault")
        if asked is None:
            raise WrongPassphrase("no passphrase given", reason="none")
        return asked
