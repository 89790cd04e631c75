"""Somebody who writes into a vault until he is killed."""

from saasbackup_desktop.core.model import Edit
from saasbackup_desktop.vault.vault import Vault
from tests.unit.vault.conftest import INBOX, STREAM, head, item, letter


def write_for_ever(vault: Vault, step: int, of_point: int) -> None:
    """Go on where an earlier one was killed; ``step`` letters a checkpoint, told when it is safe."""
    last = vault.last_head(STREAM)
    root, done = (last.root, last.snapshot.items) if last else ("", 0)
    with vault.writer(STREAM, "victim") as writer:
        print("started", flush=True)
        while True:
            edits = [Edit(None, INBOX)] if not root else []
            for number in range(done, done + step):
                edits.append(Edit(None, item(number, writer.add(letter(number)))))
            done += step
            root = writer.apply(root, edits)
            writer.seal(head(root, 1 + done // of_point, items=done))
            print(done, flush=True)
