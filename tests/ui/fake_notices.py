"""The stand-in for the room of notices: recipients and an outbox in memory."""

from collections.abc import Sequence
from dataclasses import replace

from saasbackup_desktop.app.notices.examples import examples
from saasbackup_desktop.app.notices.notices import Notices
from saasbackup_desktop.app.notices.store import AT_FIRST
from saasbackup_desktop.app.notices.views import (
    DESKTOP,
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
    Shape,
    Tried,
    When,
)
from saasbackup_desktop.app.tasks.zones import local_zone
from saasbackup_desktop.app.words.letters.letters import letter_of
from saasbackup_desktop.app.words.letters.setting import Setting
from saasbackup_desktop.core import errors
from saasbackup_desktop.providers.notify.forms import as_html, as_text

ADA = "0a0a0a0a0a0a"
OPERATIONS = "0b0b0b0b0b0b"


class FakeNotices(Notices):
    """``asked`` keeps what was done; ``fault`` is raised by the next test."""

    def __init__(self, now: int) -> None:
        self.now = now
        self.asked: list[tuple[str, object]] = []
        self.fault: errors.Fault | None = None
        self.waiting: list[Pop] = []
        self.names_items = False
        self.server: MailServer | None = MailServer(
            host="smtp.northwind.example", user="backup@northwind.example", sender="backup@northwind.example"
        )
        self.recipients = {
            DESKTOP: AT_FIRST,
            ADA: Recipient(
                id=ADA, name="Ada Lindqvist", channel=Channel.EMAIL, address="ada@northwind.example",
                kinds={**dict.fromkeys(Kind, When.IMMEDIATE), Kind.SUMMARY: When.WEEKLY, Kind.COMPLETED: When.OFF},
            ),
            OPERATIONS: Recipient(
                id=OPERATIONS, name="Operations channel", channel=Channel.WEBHOOK, shape=Shape.TEAMS,
                host="prod-12.westeurope.logic.azure.example", is_signed=True, only_failures=True,
                kinds={Kind.EXCEPTIONS: When.IMMEDIATE, Kind.ALERTS: When.IMMEDIATE, Kind.SUMMARY: When.DAILY},
            ),
        }  # fmt: skip
        self.past = [
            self._sent(
                1, OPERATIONS, Kind.EXCEPTIONS, "12 backups failed: Sign-in refused", Fate.FAILED, 3,
                code="not-delivered", due=now + 900,
                facts={"host": "prod-12.westeurope.logic.azure.example", "status": 400, "reason": "webhook"},
            ),
            self._sent(2, ADA, Kind.RECOVERY, "Restore completed: dana@northwind.example (mail)", Fate.SENT, 1,
                       answer="250 2.0.0 Ok: queued as 4F1B2C"),
            self._sent(3, ADA, Kind.SUMMARY, "Weekly summary: all 287 backups well", Fate.SENT, 1, answer="250 Ok"),
            self._sent(4, DESKTOP, Kind.EXCEPTIONS, "Backup failed: office@northwind.example (mail)", Fate.SENT, 1),
        ]  # fmt: skip

    def _sent(self, age: int, to: str, kind: Kind, subject: str, fate: Fate, attempts: int, **more: object) -> Sent:
        one = self.recipients[to]
        return Sent(
            id=f"{age:032x}", recipient=to, name=one.name, channel=one.channel, kind=kind, subject=subject,
            made=self.now - age * 7200, fate=fate, attempts=attempts, **more,  # type: ignore[arg-type]
        )  # fmt: skip

    async def all(self) -> Listed:
        view = MailView(server=self.server, has_password=self.server is not None)
        return Listed(recipients=list(self.recipients.values()), mail=view, undelivered=1, names_items=self.names_items)

    async def put(self, recipient: Recipient, given: HookGiven | None = None) -> Recipient:
        if not recipient.name.strip():
            raise errors.Misconfigured(what="incomplete-recipient")
        made = replace(recipient, id=recipient.id or "0c0c0c0c0c0c")
        self.recipients[made.id] = made
        self.asked.append(("put", (made, given)))
        return made

    async def remove(self, id: str) -> None:
        del self.recipients[id]
        self.asked.append(("remove", id))

    async def set_mail(self, server: MailServer, given: MailGiven | None = None) -> MailView:
        self.server = server
        self.asked.append(("set_mail", (server, given)))
        return MailView(server=server, has_password=True)

    async def remove_mail(self) -> None:
        self.server = None

    async def set_names_items(self, on: bool) -> None:
        self.names_items = on

    async def preview(self, kind: Kind, recipient: str = "") -> Preview:
        names = {"0123456789ab": "Nightly"}
        setting = Setting(zone=local_zone(), host="backup-server", task_names=names)
        shown = Kind.EXCEPTIONS if kind is Kind.SUMMARY else kind
        letter = letter_of(examples(shown, self.now), shown, setting)
        known = self.recipients.get(recipient)
        payload = '{"type": "message"}' if known is not None and known.channel is Channel.WEBHOOK else ""
        return Preview(
            kind=kind, subject=letter.subject, text=as_text(letter), html=as_html(letter), payload=payload,
            is_example=True,
        )  # fmt: skip

    async def letter(self, id: str) -> Preview:
        return replace(await self.preview(Kind.EXCEPTIONS), is_example=False)

    async def test(self, id: str) -> Tried:
        return await self._tried("test", id)

    async def test_mail(self, server: MailServer, given: MailGiven, address: str) -> Tried:
        return await self._tried("test_mail", (server, given, address))

    async def _tried(self, name: str, what: object) -> Tried:
        self.asked.append((name, what))
        if self.fault is not None:
            fault, self.fault = self.fault, None
            raise fault
        return Tried(status=250, answer="2.0.0 Ok: queued as 4F1B2C")

    async def outbox(self, limit: int = 200) -> Sequence[Sent]:
        return self.past[:limit]

    async def retry(self, id: str) -> Sent:
        self.asked.append(("retry", id))
        self.past = [replace(one, fate=Fate.SENT, code="", due=None) if one.id == id else one for one in self.past]
        return next(one for one in self.past if one.id == id)

    async def pops(self) -> Sequence[Pop]:
        taken, self.waiting = self.waiting, []
        return taken

    async def tend(self) -> None:
        self.asked.append(("tend", None))
