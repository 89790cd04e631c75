"""Backups, rules, holds, prunes and failures in any order: what must be there is there, and nothing else goes early."""

import contextlib

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from saasbackup_desktop.core.errors import Fault, Misconfigured, VaultBusy
from saasbackup_desktop.core.ids import SnapshotId, StreamId
from saasbackup_desktop.core.model import Edit, Head, Item
from saasbackup_desktop.core.retention import DAY, Keep, plan
from saasbackup_desktop.vault.vault import Vault
from saasbackup_desktop.vault.writer import Writer
from tests.faulty_store import faulty
from tests.locking_store import LockingMemoryStore
from tests.unit.vault.conftest import CHEAP, INBOX, PASSPHRASE, STREAM, HandClock, item, letter
from tests.unit.vault.pruning import OTHER, backup, damages, discard, letters_of, made_of, prune

streams = st.sampled_from((STREAM, OTHER))
letters = st.sets(st.integers(0, 30), max_size=12)
grace = st.sampled_from((0, 0, 3, 7))
keeps = st.builds(Keep, days=st.none() | st.integers(0, 10), last=st.integers(0, 3), daily=st.integers(0, 2))


class Life(RuleBasedStateMachine):
    """A vault's life, beside a memory of what was put into it."""

    @initialize()
    def begin(self) -> None:
        self.clock = HandClock()
        self.inside = LockingMemoryStore(self.clock)
        self.inside.keep_under(None)
        self.store = faulty(self.inside)
        Vault.create(self.inside, PASSPHRASE, self.clock, argon2=CHEAP)
        self.vault = Vault.open(self.store, PASSPHRASE, self.clock)
        self.there: dict[tuple[StreamId, SnapshotId], set[int]] = {}
        self.number = 0
        self.writer: tuple[Writer, StreamId, str, set[int]] | None = None

    # --- what happens ----------------------------------------------------------------------------------------

    @rule(stream=streams, wanted=letters)
    def back_up(self, stream: StreamId, wanted: set[int]) -> None:
        self.number += 1
        try:
            head = backup(self.opened(), self.number, sorted(wanted), stream, at=self.clock.time)
        except VaultBusy:
            assert self.writer is not None
        except Misconfigured:
            assert self.is_discarded(stream)
        else:
            self.there[stream, head.snapshot.id] = wanted

    @precondition(lambda self: self.writer is None)
    @rule(stream=streams, wanted=letters)
    def begin_to_write(self, stream: StreamId, wanted: set[int]) -> None:
        """A writer that stores some letters and takes its time."""
        vault = self.opened()
        last = vault.last_head(stream)
        root = last.root if last else ""
        before = {node.id: node for node in vault.nodes(root) if isinstance(node, Item)}
        try:
            writer = vault.writer(stream, "slow")
        except Misconfigured:
            assert self.is_discarded(stream)
            return
        bodies = {n: item(n, writer.add(letter(n))) for n in wanted}
        writer.flush()
        edits = [Edit(None, INBOX), *(Edit(before.get(each.id), each) for each in bodies.values())]
        edits += [Edit(old, None) for id, old in before.items() if id not in {each.id for each in bodies.values()}]
        self.writer = (writer, stream, writer.apply(root, edits), wanted)

    @precondition(lambda self: self.writer is not None)
    @rule(seals=st.booleans())
    def end_to_write(self, seals: bool) -> None:
        assert self.writer is not None
        writer, stream, root, wanted = self.writer
        self.writer = None
        # One that was away for days has been taken for dead, and finds that out.
        with contextlib.suppress(VaultBusy), writer:
            if seals:
                self.number += 1
                head = made_of(root, self.number, stream, len(wanted), self.clock.time)
                writer.seal(head)
                self.there[stream, head.snapshot.id] = wanted

    @rule(days=st.sampled_from((0.5, 1, 4, 8)))
    def time_passes(self, days: float) -> None:
        self.clock.time += int(days * DAY)

    @rule(stream=st.none() | streams, keep=st.none() | keeps)
    def set_rule(self, stream: StreamId | None, keep: Keep | None) -> None:
        self.vault.housekeeping.set_policy(stream, keep)

    @rule(stream=st.none() | streams)
    def hold(self, stream: StreamId | None) -> None:
        if stream is None or stream in self.opened().streams():  # else its points in time would be missed
            self.vault.housekeeping.hold(stream, None, "", "me")

    @rule()
    def release_all(self) -> None:
        for hold in self.vault.housekeeping.holds():
            self.vault.housekeeping.release(hold.id)

    @rule()
    def call_back(self) -> None:
        for trashed in self.vault.housekeeping.trash()[:1]:
            self.vault.housekeeping.cancel_trash(trashed.trash.id, "me")

    @rule(stream=streams, days=grace)
    def discard(self, stream: StreamId, days: int) -> None:
        may_go = self.may_go(days)
        may_go |= {key for key in self.there if key[0] == stream} if not days else set()
        with contextlib.suppress(Misconfigured):
            discard(self.opened(), (), stream, days)
        self.compare(may_go)

    @rule(days=grace)
    def prune(self, days: int) -> None:
        may_go = self.may_go(days)
        prune(self.opened(), days)
        self.compare(may_go)

    @rule(days=grace, turn=st.integers(1, 80), comes_after=st.booleans(), again=st.booleans())
    def prune_badly(self, days: int, turn: int, comes_after: bool, again: bool) -> None:
        may_go = self.may_go(days)
        vault = Vault.open(self.store, PASSPHRASE, self.clock)
        (self.store.fail_after if comes_after else self.store.fail_before)(turn)
        with contextlib.suppress(Fault):
            prune(vault, days)
        self.store.mend()
        self.compare(may_go)
        if again:
            may_go = self.may_go(days)
            prune(vault, days)
            self.compare(may_go)

    # --- what must be so -------------------------------------------------------------------------------------

    @invariant()
    def what_is_there_can_be_read(self) -> None:
        if not hasattr(self, "there"):
            return
        vault = Vault.open(self.inside, PASSPHRASE, self.clock)
        heads = {(s, one.snapshot.id): one for s in vault.streams() for one in vault.heads(s)}
        assert heads.keys() == self.there.keys()
        for key, one in heads.items():
            assert letters_of(vault, one) == self.there[key]

    def teardown(self) -> None:
        if not hasattr(self, "there"):
            return
        if self.writer is not None:
            self.end_to_write(True)
        self.clock.time += 8 * DAY
        prune(self.opened(), 0)
        assert damages(self.opened()) == []

    def opened(self) -> Vault:
        return Vault.open(self.inside, PASSPHRASE, self.clock)

    def is_discarded(self, stream: StreamId) -> bool:
        trash = self.opened().housekeeping.trash()
        return any(one.trash.why == "account" and one.heads[0].snapshot.stream == stream for one in trash)

    def may_go(self, days: int) -> set[tuple[StreamId, SnapshotId]]:
        """What a prune may remove: it is due in the trash, or needs no grace; no rule wants it, and no hold."""
        house = self.opened().housekeeping
        now = self.clock.time
        chosen: set[tuple[StreamId, SnapshotId]] = set()
        due: set[tuple[StreamId, SnapshotId]] = set()
        for trashed in house.trash():
            keys = {(one.snapshot.stream, one.snapshot.id) for one in trashed.heads}
            if trashed.trash.why != "retention":
                chosen |= keys
            if trashed.trash.due <= now or not days:
                due |= keys
        free: set[tuple[StreamId, SnapshotId]] = set()
        heads: list[Head] = []
        for stream in self.opened().streams():
            heads = [one for one in self.opened().heads(stream) if (stream, one.snapshot.id) not in chosen]
            found = plan([one.snapshot for one in heads], house.policy().keep(stream), now)
            free |= {(stream, one.id) for one in found.gone}
        held = {key for key in self.there if any(one.stream in (None, key[0]) for one in house.holds())}
        return (((free if not days else free & due) | (chosen & due)) - held) & self.there.keys()

    def compare(self, may_go: set[tuple[StreamId, SnapshotId]]) -> None:
        vault = self.opened()
        heads = {(s, one.snapshot.id) for s in vault.streams() for one in vault.heads(s)}
        gone = self.there.keys() - heads
        assert gone <= may_go
        for key in gone:
            del self.there[key]


Life.TestCase.settings = settings(
    max_examples=20, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
TestLife = Life.TestCase
