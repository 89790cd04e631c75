"""The door for notices: who is told of what, what was sent, and the sending itself."""

import asyncio
import secrets
import socket
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import tzinfo
from typing import Final

from saasbackup_desktop.app.notices import outbox, routing, settling, ways
from saasbackup_desktop.app.notices.around import Around
from saasbackup_desktop.app.notices.examples import TASK, TASK_NAME, example_summary, examples
from saasbackup_desktop.app.notices.gathering import ROOM, SLOW, TENANTS, Gathering
from saasbackup_desktop.app.notices.happenings import Happening
from saasbackup_desktop.app.notices.memory import Memory, from_plain, to_plain
from saasbackup_desktop.app.notices.outbox import Outgoing
from saasbackup_desktop.app.notices.routing import Digest, Pending
from saasbackup_desktop.app.notices.store import Book, NoticeStore
from saasbackup_desktop.app.notices.summing import summed
from saasbackup_desktop.app.notices.views import (
    Channel,
    Fate,
    HookGiven,
    Kind,
    Listed,
    MailGiven,
    MailServer,
    MailView,
    Pop,
    Preview,
    Recipient,
    Sent,
    Tried,
    When,
)
from saasbackup_desktop.app.tasks.zones import local_zone
from saasbackup_desktop.app.words.letters.letters import digest_of, letter_of, trial_letter
from saasbackup_desktop.app.words.letters.setting import Setting
from saasbackup_desktop.app.words.letters.summary import summary_letter
from saasbackup_desktop.app.words.notices import WHENS
from saasbackup_desktop.app.workspace import Workspace
from saasbackup_desktop.catalog.catalog import Record
from saasbackup_desktop.core.errors import Fault, Misconfigured, Unreachable
from saasbackup_desktop.core.ids import JobId, TaskId
from saasbackup_desktop.core.jobs import JobQuery, State
from saasbackup_desktop.core.ports import Clock
from saasbackup_desktop.providers.notify import native
from saasbackup_desktop.providers.notify.forms import as_html, as_text
from saasbackup_desktop.providers.notify.letter import Letter, Para
from saasbackup_desktop.providers.notify.settings import MailSecrets
from saasbackup_desktop.providers.notify.shapes import payload

_MEMORY: Final = "memory"
_REST: Final = 600
"""Seconds after which it is written down where the room stands, if nothing else is."""
_AT_ONCE: Final = 4
"""Notices that are sent side by side."""
_WINDOW: Final = 90
"""Seconds that a window has to show a notice before the operating system is asked to."""
_YEAR: Final = 400 * 86400


class Notices:
    """Belongs to the desk's loop. Every method may raise Fault."""

    def __init__(
        self, workspace: Workspace, clock: Clock, around: Around, zone: Callable[[], tzinfo] = local_zone
    ) -> None:
        self._workspace = workspace
        self._catalog = workspace.catalog
        self._offload = workspace.bench.offload
        self._clock = clock
        self._around = around
        self._zone = zone
        self._store = NoticeStore(workspace.home.folder, workspace.vault.subkey(ROOM))
        self._tending = asyncio.Lock()
        self._slowly = 0
        self._written = 0

    # --- settings --------------------------------------------------------------------------------------------

    async def all(self) -> Listed:
        """Recipients, the mail server, and whether something could not be delivered."""
        book = self._store.book()
        recent = await self._everything(since=self._clock.now() - 7 * 86400)
        late = [one for one in recent if one.sent.fate in (Fate.FAILED, Fate.GIVEN_UP)]
        return Listed(
            recipients=[settling.shown(book, one) for one in book.recipients.values()],
            mail=settling.mail_view(book),
            undelivered=len(late),
            names_items=book.names_items,
        )

    async def put(self, recipient: Recipient, given: HookGiven | None = None) -> Recipient:
        """Add a recipient, or change the one of this id. Raises Misconfigured."""
        made = ""

        def change(book: Book) -> Book:
            nonlocal made
            changed, made = settling.with_recipient(book, recipient, given)
            return changed

        book = self._store.change(change)
        await self._note(book.recipients[made].name)
        return settling.shown(book, book.recipients[made])

    async def remove(self, id: str) -> None:
        """Forget a recipient and what its webhook is reached by. Raises Misconfigured."""
        name = self._recipient(id).name
        self._store.change(lambda book: settling.without_recipient(book, id))
        await self._note(name)

    async def set_mail(self, server: MailServer, given: MailGiven | None = None) -> MailView:
        """Set the mail server; what is not given stays, unless it is another server. Raises Misconfigured."""
        book = self._store.change(lambda before: settling.with_mail(before, server, given or MailGiven()))
        await self._note(server.host)
        return settling.mail_view(book)

    async def remove_mail(self) -> None:
        """Forget the mail server and its secrets."""
        self._store.change(lambda book: replace(book, server=None, secrets=MailSecrets()))
        await self._note("")

    async def set_names_items(self, on: bool) -> None:
        """Say whether lists of failures name items: subjects of messages are in them then."""
        self._store.change(lambda book: replace(book, names_items=on))
        await self._note("")

    # --- trying ----------------------------------------------------------------------------------------------

    async def preview(self, kind: Kind, recipient: str = "") -> Preview:
        """A notice of a kind as it would be sent: of what happened last, or of a made-up example."""
        now = self._clock.now()
        zone = self._zone()
        names: dict[str, str] = {TASK: TASK_NAME}
        runs: dict[str, int] = {TASK: now + 36_000}
        setting = Setting(zone=zone, host=socket.gethostname(), task_names=names, next_runs=runs)
        last = next((one for one in await self._everything() if one.sent.kind is kind), None)
        if last is not None:
            letter = last.letter
        elif kind is Kind.SUMMARY:
            letter = summary_letter(example_summary(now), WHENS[When.DAILY], setting)
        else:
            letter = letter_of(examples(kind, now), kind, setting)
        return self._shown(letter, kind, recipient, is_example=last is None)

    async def letter(self, id: str) -> Preview:
        """What was sent, or is on its way. Raises Misconfigured."""
        one = await self._find(id)
        return self._shown(one.letter, one.sent.kind, one.sent.recipient, is_example=False)

    async def test(self, id: str) -> Tried:
        """Send a test to a recipient, and say what the other side answered. Raises Fault."""
        recipient = self._recipient(id)
        letter = self._trial(recipient.name)
        if recipient.channel is Channel.DESKTOP:
            one = self._new(recipient, Kind.ADMIN, letter)
            await self._offload.on_catalog(self._catalog.put_records, ROOM, [outbox.record_of(one)])
            return Tried(status=0, answer="")
        return await self._deliver(self._store.book(), recipient, letter, secrets.token_hex(16), Kind.ADMIN)

    async def test_mail(self, server: MailServer, given: MailGiven, address: str) -> Tried:
        """Send a test by a mail server that is not kept yet. Raises Fault."""
        settling.require_address(address)
        book = settling.with_mail(self._store.book(), server, given)
        recipient = Recipient(name=address, channel=Channel.EMAIL, address=address)
        return await self._deliver(book, recipient, self._trial(address), secrets.token_hex(16), Kind.ADMIN)

    def _trial(self, name: str) -> Letter:
        setting = Setting(zone=self._zone(), host=socket.gethostname())
        return trial_letter(name, setting, self._clock.now())

    # --- what was sent ---------------------------------------------------------------------------------------

    async def outbox(self, limit: int = 200) -> Sequence[Sent]:
        """What was sent and what is on its way, newest first."""
        return [one.sent for one in (await self._everything(limit=limit))[:limit]]

    async def retry(self, id: str) -> Sent:
        """Try to deliver a notice now, also one that was given up. Raises Fault."""
        one = await self._find(id)
        recipient = self._recipient(one.sent.recipient)
        if recipient.channel is Channel.DESKTOP or one.sent.fate is Fate.SENT:
            return one.sent
        done, fault = await self._attempt(one, recipient)
        if fault is not None:
            raise fault
        return done.sent

    async def pops(self) -> Sequence[Pop]:
        """Take the notices for the desktop that nobody has shown yet: whoever takes them shows them."""
        waiting = [one for one in await self._outgoing() if one.sent.channel is Channel.DESKTOP and one.is_open]
        if not waiting:
            return ()
        now = self._clock.now()
        await self._put([outbox.arrives(one, "", now) for one in waiting])
        return [_pop(one) for one in reversed(waiting)]

    # --- the round -------------------------------------------------------------------------------------------

    async def tend(self) -> None:
        """Take note of what happened, make notices of it, and send what is due."""
        async with self._tending:
            now = self._clock.now()
            book = self._store.book()
            await self._take_note(book, now)
            await self._send(book, now)

    async def _take_note(self, book: Book, now: int) -> None:
        kept = await self._offload.on_reading(self._catalog.record, ROOM, _MEMORY)
        if kept is None:  # what was before is told to nobody; what still fails then is
            first = Memory(mark=now)
            await Gathering(self._workspace, self._around, first, now, False).all(is_slow=False)
            await self._keep(replace(first, incidents={}), [])
            return
        memory = from_plain(kept.plain)
        is_slow = not 0 <= now - self._slowly < SLOW
        gathering = Gathering(self._workspace, self._around, memory, now, book.names_items)
        found = await gathering.all(is_slow)
        found = [*found, *await self._undelivered(memory, now)]
        if is_slow:
            self._slowly = now
            memory.once = {key: time for key, time in memory.once.items() if time > now - _YEAR}
        await self._tell(book, memory, found, now, kept)
        if gathering.tenants:
            await self._offload.on_catalog(self._catalog.put_records, TENANTS, gathering.tenants)

    async def _tell(self, book: Book, memory: Memory, found: Sequence[Happening], now: int, kept: Record) -> None:
        """Make notices of what is to be told now; what is found, told and remembered is kept together."""
        recipients = [one for one in book.recipients.values() if not one.is_paused]
        pending = await self._offload.on_reading(routing.all_pending, self._catalog)
        known = {one.happening.key for one in pending}
        for happening in found:
            left = routing.wanted(happening, recipients)
            if left and happening.key not in known:
                pending.append(Pending(happening, left))
        before = {one.happening.key: dict(one.left) for one in pending if one.happening.key in known}
        for one in pending:
            one.left = {id: kind for id, kind in one.left.items() if id in book.recipients}
        made: list[Outgoing] = []
        if pending:
            made += await self._immediate(recipients, pending, now)
        for digest in routing.due_digests(memory, recipients, now, self._zone()):
            letter = await self._digest(digest, pending, memory, now)
            if letter is not None:
                made.append(letter)
        records = [routing.record_of(one) for one in pending if one.left != before.get(one.happening.key)]
        records += [outbox.record_of(one) for one in made]
        plain = to_plain(memory)
        is_moved = {**plain, "mark": 0} != {**kept.plain, "mark": 0}
        if records or is_moved or not 0 <= now - self._written < _REST:
            await self._keep(memory, records)
        done = [routing.key_of(one) for one in pending if not one.left]
        if done:
            await self._offload.on_catalog(self._catalog.drop_records, ROOM, done)

    async def _keep(self, memory: Memory, records: Sequence[Record]) -> None:
        await self._offload.on_catalog(
            self._catalog.put_records, ROOM, [Record(_MEMORY, 0, to_plain(memory)), *records]
        )
        self._written = memory.mark

    async def _immediate(self, recipients: Sequence[Recipient], pending: Sequence[Pending], now: int) -> list[Outgoing]:
        runs = {one.happening.run for one in pending if one.happening.run}
        busy = frozenset([run for run in runs if await self._is_busy(run, now)])
        made: list[Outgoing] = []
        setting: Setting | None = None
        for recipient in recipients:
            for kind, some in routing.ready(pending, recipient, busy, now).items():
                setting = setting or await self._setting()
                told = [one.happening for one in some]
                made.append(self._new(recipient, kind, letter_of(told, kind, setting), _download_of(told)))
                for one in some:
                    del one.left[recipient.id]
        return made

    async def _is_busy(self, run: str, now: int) -> bool:
        """Jobs of a run are queued or at work."""
        kind, _, task = run.partition(":")
        query = JobQuery(
            since=now,
            kinds=frozenset((kind,)),
            task=TaskId(task),
            states=frozenset((State.QUEUED, State.RUNNING)),
            limit=1,
        )
        return bool((await self._offload.on_reading(self._catalog.job_page, query)).jobs)

    async def _digest(self, digest: Digest, pending: Sequence[Pending], memory: Memory, now: int) -> Outgoing | None:
        recipient = digest.recipient
        by_kind = routing.for_digest(pending, digest)
        setting = await self._setting()
        span = WHENS[digest.when]
        summary: Letter | None = None
        if routing.rhythm_of(recipient, Kind.SUMMARY) is digest.when:
            jobs = await self._offload.on_reading(self._catalog.jobs_ended, digest.since, now)
            accounts = await self._offload.on_reading(self._catalog.accounts)
            found = summed(
                jobs,
                await self._around.tasks(),
                {account.id: account for _, account, _ in accounts},
                memory,
                recipient,
                (digest.since, now),
            )
            summary = summary_letter(found, span, setting)
            if recipient.only_failures and not summary.is_bad:
                summary = None
        if summary is None and not by_kind:
            return None
        happenings = {kind: [one.happening for one in some] for kind, some in by_kind.items()}
        for some in by_kind.values():
            for one in some:
                del one.left[recipient.id]
        kind = Kind.SUMMARY if summary is not None else next(iter(by_kind))
        return self._new(recipient, kind, digest_of(happenings, summary, span, setting))

    async def _setting(self) -> Setting:
        tasks = await self._around.tasks()
        return Setting(
            zone=self._zone(),
            host=socket.gethostname(),
            task_names={view.task.id: view.task.name for view in tasks},
            next_runs={view.task.id: view.next_run for view in tasks if view.next_run is not None},
        )

    async def _undelivered(self, memory: Memory, now: int) -> list[Happening]:
        """Notices that do not arrive are told to others."""
        found = []
        for one in await self._outgoing():
            is_late = one.sent.fate is Fate.GIVEN_UP or (one.is_open and one.sent.attempts >= outbox.TELL)
            key = f"undelivered:{one.sent.recipient}:{now // 86400}"
            if not is_late or one.is_told:
                continue
            await self._put([replace(one, is_told=True)])
            if key in memory.once:
                continue
            memory.once[key] = now
            facts: dict[str, str | int] = {
                "name": one.sent.name, "subject": one.sent.subject, "code": one.sent.code,
                "recipient": one.sent.recipient,
                **{f"fact_{name}": value for name, value in one.sent.facts.items()},
            }  # fmt: skip
            happening = Happening(
                key=key, time=now, kinds=(Kind.ADMIN, Kind.EXCEPTIONS), what="undelivered", is_bad=True, facts=facts
            )
            found.append(happening)
        return found

    # --- sending ---------------------------------------------------------------------------------------------

    async def _send(self, book: Book, now: int) -> None:
        known = await self._outgoing()
        waiting = [one for one in known if one.is_open]
        if len(waiting) < len(known):
            await self._offload.on_catalog(outbox.lay_by, self._catalog, now - outbox.KEPT)
        await self._show([one for one in waiting if one.sent.channel is Channel.DESKTOP], now)
        due = [one for one in waiting if one.sent.channel is not Channel.DESKTOP and (one.sent.due or 0) <= now]
        gate = asyncio.Semaphore(_AT_ONCE)
        lost: list[Fault] = []
        """What keeps every mail from leaving: found out once in a round."""

        async def send(one: Outgoing) -> None:
            recipient = book.recipients.get(one.sent.recipient)
            async with gate:
                if recipient is None:
                    gone = Misconfigured("removed", what="unknown-recipient", name=one.sent.name)
                    failed = outbox.fails(one, gone, now)
                    over = replace(failed.sent, fate=Fate.GIVEN_UP, due=None)
                    await self._put([replace(failed, sent=over, is_told=True)])
                elif recipient.channel is Channel.EMAIL and lost:
                    await self._put([outbox.fails(one, lost[0], self._clock.now())])
                else:
                    _, fault = await self._attempt(one, recipient)
                    if isinstance(fault, Unreachable) and recipient.channel is Channel.EMAIL:
                        lost.append(fault)

        await asyncio.gather(*(send(one) for one in reversed(due)))

    async def _attempt(self, one: Outgoing, recipient: Recipient) -> tuple[Outgoing, Fault | None]:
        """Try to deliver a notice once, and write down what became of it."""
        sent = one.sent
        try:
            tried = await self._deliver(self._store.book(), recipient, one.letter, sent.id, sent.kind, sent.made)
        except Fault as fault:
            failed = outbox.fails(one, fault, self._clock.now())
            await self._put([failed])
            return failed, fault
        done = outbox.arrives(one, f"{tried.status} {tried.answer}".strip(), self._clock.now())
        await self._put([done])
        return done, None

    async def _deliver(
        self, book: Book, recipient: Recipient, letter: Letter, id: str, kind: Kind, made: int | None = None
    ) -> Tried:
        def keep(fresh: MailSecrets) -> None:
            old = book.secrets
            self._store.change(lambda now: replace(now, secrets=fresh) if now.secrets == old else now)

        at = made if made is not None else self._clock.now()
        return await ways.deliver(book, keep, self._offload, recipient, letter, id=id, kind=kind, made=at)

    async def _show(self, waiting: Sequence[Outgoing], now: int) -> None:
        """Let the operating system show what no window has taken."""
        old = [one for one in waiting if one.sent.made <= now - _WINDOW]
        if not old or not native.is_there():
            return
        for one in reversed(old):
            pop = _pop(one)
            if await self._offload.on_disk(native.show, pop.title, pop.text):
                await self._put([outbox.arrives(one, "", now)])

    async def _note(self, item: str) -> None:
        await self._workspace.recorder.note("notices-changed", item=item)

    # --- within ----------------------------------------------------------------------------------------------

    async def _outgoing(self) -> list[Outgoing]:
        """What is on its way."""
        return await self._offload.on_reading(outbox.current, self._catalog)

    async def _everything(self, since: int | None = None, limit: int | None = None) -> list[Outgoing]:
        """What is on its way and what was sent, newest first."""
        over = await self._offload.on_reading(outbox.past, self._catalog, since, limit)
        found = {one.sent.id: one for one in (*over, *await self._outgoing())}
        return sorted(found.values(), key=lambda one: (one.sent.made, one.sent.id), reverse=True)

    async def _put(self, some: Sequence[Outgoing]) -> None:
        await self._offload.on_catalog(self._catalog.put_records, ROOM, [outbox.record_of(one) for one in some])

    async def _find(self, id: str) -> Outgoing:
        found = [one for one in await self._everything() if one.sent.id.startswith(id)]
        if len(found) != 1 or not id:
            raise Misconfigured("no such notice", what="unknown-notice", name=id)
        return found[0]

    def _recipient(self, id: str) -> Recipient:
        found = self._store.book().recipients.get(id)
        if found is None:
            raise Misconfigured("no such recipient", what="unknown-recipient", name=id)
        return found

    def _new(self, recipient: Recipient, kind: Kind, letter: Letter, download: str = "") -> Outgoing:
        sent = Sent(
            id=secrets.token_hex(16),
            recipient=recipient.id,
            name=recipient.name,
            channel=recipient.channel,
            kind=kind,
            subject=letter.subject,
            made=self._clock.now(),
            fate=Fate.WAITING,
        )
        return Outgoing(sent=sent, letter=letter, download=download)

    def _shown(self, letter: Letter, kind: Kind, recipient: str, *, is_example: bool) -> Preview:
        known = self._store.book().recipients.get(recipient)
        body = b""
        if known is not None and known.channel is Channel.WEBHOOK:
            body = payload(known.shape, letter, "0" * 32, kind.value, self._clock.now())
        return Preview(
            kind=kind,
            subject=letter.subject,
            text=as_text(letter),
            html=as_html(letter),
            payload=body.decode(),
            is_example=is_example,
        )


def _pop(one: Outgoing) -> Pop:
    text = next((block.text for block in one.letter.blocks if isinstance(block, Para)), "")
    return Pop(
        id=one.sent.id,
        title=one.sent.subject,
        text=text,
        is_bad=one.letter.is_bad,
        kind=one.sent.kind,
        download=JobId(one.download) if one.download else None,
    )


def _download_of(some: Sequence[Happening]) -> str:
    """The job of the one export that they are about."""
    jobs = {str(one.facts.get("job", "")) if one.facts.get("kind") == "export" else "" for one in some}
    return jobs.pop() if len(jobs) == 1 else ""
