"""Imports with nothing behind them: two archives of a company that is gone."""

from collections.abc import Callable, Sequence

from saasbackup_desktop.app.imports.views import FolderCount, ImportRequest, ServiceFound, Survey, Unreadable
from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.core.jobs import Backup, State, Tally
from saasbackup_desktop.core.model import Account, Provider, Service, account_id, stream_id

DAY = 86400
BEFORE = Account(
    id=account_id(Provider.FILE, "import", "old-office"),
    provider=Provider.FILE,
    address="old-office",
    name="Old office",
)


class FakeImports:
    """The imports' door: it writes down what it was asked for."""

    def __init__(self, now: int, add: Callable[[object, State, Tally], JobId], asked: list[tuple[str, object]]) -> None:
        self._now, self._add, self._asked = now, add, asked
        self.password: str | None = None
        """What opens the archives; None: they are open."""

    async def survey(self, paths: Sequence[str], password: str | None = None, seconds: float = 10.0) -> Survey:
        self._asked.append(("survey", (tuple(paths), password)))
        is_locked = self.password is not None and password != self.password
        day = self._now - 3000 * DAY
        services = (
            ServiceFound(
                service=Service.MAIL, folders=14, items=21_408, size=3_120_000_000, since=day, until=day + 900 * DAY
            ),
            ServiceFound(
                service=Service.CALENDAR, folders=2, items=311, size=900_000, since=day, until=day + 800 * DAY
            ),
            ServiceFound(service=Service.CONTACTS, folders=1, items=190, size=210_000),
        )
        folders = [
            FolderCount(service=Service.MAIL, path="Top of Outlook data file/Inbox", items=12_804),
            FolderCount(service=Service.MAIL, path="Top of Outlook data file/Sent Items", items=6_120),
            FolderCount(service=Service.MAIL, path="Top of Outlook data file/Projects/Harbour", items=2_484),
            FolderCount(service=Service.CALENDAR, path="Calendar", items=300),
            FolderCount(service=Service.CALENDAR, path="Team", items=11),
            FolderCount(service=Service.CONTACTS, path="Contacts", items=190),
        ]
        unreadable = [
            Unreadable(path="/media/archive/2011/broken.mbox", code="archive-unreadable", facts={"name": "broken.mbox"})
        ]
        return Survey(
            paths=tuple(paths),
            name="Archive 2011",
            files=3,
            size=3_400_000_000,
            kinds={"pst": 2, "zip": 1},
            services=() if is_locked else services,
            folders=[] if is_locked else folders,
            unreadable=[] if is_locked else unreadable,
            broken=0 if is_locked else 1,
            is_whole=True,
            needs_password=is_locked,
        )

    async def start(self, request: ImportRequest, password: str | None = None) -> Sequence[JobId]:
        self._asked.append(("import", (request, password)))
        stream = stream_id(BEFORE.id, Service.MAIL)
        return [self._add(Backup(stream=stream), State.RUNNING, Tally(items_total=21_408, doing="fetching"))]

    async def accounts(self) -> Sequence[Account]:
        return (BEFORE,)

    async def name_fault(self, name: str) -> str:
        return "import-name-taken" if name == "Dana" else ""
