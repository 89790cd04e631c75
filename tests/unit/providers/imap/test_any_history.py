"""Whatever happens to a mailbox, and wherever runs are cut: in the end the catalog holds what the server holds."""

import random
from collections import Counter

import pytest

from saasbackup_desktop.core.model import Folder
from saasbackup_desktop.providers.imap import ImapSource, walk
from tests.unit.providers.imap.conftest import Place, message, settings

Truth = dict[str, Counter[tuple[bytes, tuple[str, ...]]]]


@pytest.mark.parametrize("seed", range(6))
async def test_any_history(place: Place, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "_AT_ONCE", 7)
    monkeypatch.setattr(walk, "_ITEMS_PER_CHECKPOINT", 5)
    chance = random.Random(seed)
    history = _History(place, chance)
    for _ in range(7):
        for _ in range(chance.randint(1, 4)):
            await history.step()
        cut = chance.choice([None, 1, 2, 3])
        await place.ledger.follow(place.source, checkpoints=cut)
    await place.ledger.follow(place.source)
    held, truth = _held(place), _truth(place)
    assert held.keys() == truth.keys()
    for folder, rows in truth.items():
        assert not (rows - held[folder]), f"missing in {folder}"
        assert not (held[folder] - rows), f"too much in {folder}"
    before = (place.ledger.fetched, place.ledger.put)
    await place.ledger.follow(place.source)
    assert (place.ledger.fetched, place.ledger.put, place.ledger.gone) == (0, 0, 0), before


class _History:
    def __init__(self, place: Place, chance: random.Random) -> None:
        self._place = place
        self._chance = chance
        self._number = 0
        self._folders = ["INBOX", "Work", "Play"]
        for folder in self._folders:
            self._append(folder)

    async def step(self) -> None:
        steps = [self._append, self._append, self._delete, self._flag, self._move, self._copy]
        dice = self._chance.random()
        if dice < 0.15:
            self._rename()
        elif dice < 0.3:
            await self._number_anew()
        else:
            self._chance.choice(steps)(self._chance.choice(self._folders))

    def _append(self, folder: str) -> None:
        count = self._chance.randint(1, 12)
        self._place.append(folder, [message(self._number + n) for n in range(count)])
        self._number += count

    def _delete(self, folder: str) -> None:
        with self._place.server.connect(self._place.user) as client:
            client.select_folder(self._place.path(folder))
            if uids := self._some(client.search()):
                client.delete_messages(uids)
                client.expunge()

    def _flag(self, folder: str) -> None:
        with self._place.server.connect(self._place.user) as client:
            client.select_folder(self._place.path(folder))
            if uids := self._some(client.search()):
                client.add_flags(uids, [self._chance.choice([b"\\Seen", b"\\Flagged", b"Later"])])

    def _copy(self, folder: str, *, then_delete: bool = False) -> None:
        with self._place.server.connect(self._place.user) as client:
            client.select_folder(self._place.path(folder))
            if uids := self._some(client.search()):
                client.copy(uids, self._place.path(self._chance.choice(self._folders)))
                if then_delete:
                    client.delete_messages(uids)
                    client.expunge()

    def _move(self, folder: str) -> None:
        self._copy(folder, then_delete=True)

    async def _number_anew(self) -> None:
        place = self._place
        await place.source.close()  # or the server would mix what it knows from before with what it finds
        place.number_anew(self._chance.choice(self._folders))
        place.source = ImapSource(settings(place.server, place.user), lambda: place.user.password)

    def _rename(self) -> None:
        old, self._number = self._folders[1], self._number + 1
        new = f"{old.split('-')[0]}-{self._number}"
        with self._place.server.connect(self._place.user) as client:
            client.rename_folder(self._place.path(old), self._place.path(new))
        self._folders[1] = new

    def _some(self, uids: list[int]) -> list[int]:
        return self._chance.sample(uids, min(len(uids), self._chance.randint(1, 6)))


def _truth(place: Place) -> Truth:
    truth: Truth = {}
    with place.server.connect(place.user) as client:
        for flags, _, path in client.list_folders():
            if b"\\Noselect" in flags:
                continue
            client.select_folder(path, readonly=True)
            rows = client.fetch("1:*", ["BODY.PEEK[]", "FLAGS"]) if client.search() else {}
            truth[path.removeprefix(place.server.prefix)] = Counter(
                (row[b"BODY[]"], tuple(sorted(flag.decode() for flag in row[b"FLAGS"] if flag != b"\\Recent")))
                for row in rows.values()
            )
    return truth


def _held(place: Place) -> Truth:
    held: Truth = {}
    for node in place.ledger.nodes.values():
        if isinstance(node, Folder) and "noselect" not in node.facets:
            items = [item for item in place.ledger.all_items() if item.parent == node.id]
            held[place.ledger.path(node)] = Counter((place.ledger.data(item), item.flags) for item in items)
    return held
