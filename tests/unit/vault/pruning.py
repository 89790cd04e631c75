"""What the tests of prune share: letters in, letters out, and a look at whether everything is whole."""

from collections.abc import Iterable
from dataclasses import replace

from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.core.model import Edit, Head, Item, Provider, Service, SnapshotStatus, account_id, stream_id
from saasbackup_desktop.vault.care.check import Damage
from saasbackup_desktop.vault.retention.housekeeping import Pruned
from saasbackup_desktop.vault.vault import Vault
from tests.unit.vault.conftest import ACCOUNT, INBOX, STREAM, head, item, letter, snapshot_id

OTHER_ACCOUNT = replace(ACCOUNT, id=account_id(Provider.IMAP, "mail.example.org", "bob"), address="bob@example.org")
OTHER = stream_id(OTHER_ACCOUNT.id, Service.MAIL)


def quiet(_done: int, _total: int) -> None:
    """Nobody watches."""


def never() -> bool:
    """Nobody stops it."""
    return False


def prune(vault: Vault, grace_days: int = 0) -> Pruned:
    return vault.housekeeping.prune("pruner", grace_days, "test", quiet, never)


def discard(vault: Vault, heads: Iterable[Head] = (), stream: StreamId = STREAM, grace_days: int = 0) -> Pruned:
    ids = [one.snapshot.id for one in heads]
    return vault.housekeeping.discard(stream, ids, "pruner", grace_days, "test", quiet, never)


def backup(
    vault: Vault,
    number: int,
    letters: Iterable[int],
    stream: StreamId = STREAM,
    *,
    at: int | None = None,
    status: SnapshotStatus = SnapshotStatus.COMPLETE,
) -> Head:
    """A point in time that holds exactly these letters."""
    last = vault.last_head(stream)
    root = last.root if last else ""
    before = {node.id: node for node in vault.nodes(root) if isinstance(node, Item)}
    with vault.writer(stream, "writer") as writer:
        now = {each.id: each for each in (item(n, writer.add(letter(n))) for n in letters)}
        edits = [Edit(None, INBOX)]
        edits += [Edit(before.get(id), each) for id, each in now.items() if before.get(id) != each]
        edits += [Edit(each, None) for id, each in before.items() if id not in now]
        made = made_of(writer.apply(root, edits), number, stream, len(now), number if at is None else at, status)
        writer.seal(made)
    return made


def made_of(
    root: str,
    number: int,
    stream: StreamId,
    items: int,
    started: int,
    status: SnapshotStatus = SnapshotStatus.COMPLETE,
) -> Head:
    """The head of a point in time."""
    made = head(root, number, items=items)
    snapshot = replace(
        made.snapshot, id=snapshot_id(number), stream=stream, status=status, started=started, finished=started
    )
    return replace(made, snapshot=snapshot, account=ACCOUNT if stream == STREAM else OTHER_ACCOUNT)


def letters_of(vault: Vault, at: Head) -> set[int]:
    """Read every letter of a point in time."""
    found = set()
    for node in vault.nodes(at.root):
        if isinstance(node, Item):
            assert node.body is not None
            number = int(node.id[-8:], 16)
            assert vault.read(node.body) == letter(number)
            found.add(number)
    return found


def damages(vault: Vault) -> list[Damage]:
    """What a whole check finds that is any harm."""
    return [one for one in vault.check(100, quiet, never) if not one.is_harmless]
