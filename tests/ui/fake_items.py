"""An account of a tenant with something saved of each service, with nothing behind it."""

from array import array
from collections.abc import Sequence
from dataclasses import replace

from saasbackup_desktop.app import views
from saasbackup_desktop.app.tenants.views import SERVICES
from saasbackup_desktop.core.ids import NodeId, RowId, SnapshotId, StreamId
from saasbackup_desktop.core.model import Folder, Item, Role, Service, Snapshot, SnapshotStatus, service_of, stream_id
from tests.ui.fake_desk import DAY, NOW, TenantsDesk
from tests.ui.fake_tenants import NORTHWIND, fake_account

PERSON = fake_account(NORTHWIND, 0)
LEFT = fake_account(NORTHWIND, 14)
"""Gone from the directory."""
_BASE = 90_000_000_000


def _folder(id: str, name: str, parent: str = "", role: Role | None = None, **facets: str) -> Folder:
    return Folder(id=NodeId(id), parent=NodeId(parent) if parent else None, name=name, role=role, facets=facets)


FOLDERS: dict[Service, tuple[Folder, ...]] = {
    Service.MAIL: (
        _folder("m-deleted", "Deleted Items", role=Role.TRASH, order="13"),
        _folder("m-inbox", "Inbox", role=Role.INBOX, order="10"),
        _folder("m-sent", "Sent Items", role=Role.SENT, order="12"),
        _folder("m-drafts", "Drafts", role=Role.DRAFTS, order="11"),
        _folder("m-back", "Restored 2026-11-02 09-14", order="50"),
        _folder("m-back-inbox", "Inbox", "m-back", order="50"),
        _folder("m-clients", "Clients", order="50"),
        _folder("m-sync", "Sync Issues", order="70", hidden="yes"),
        _folder("m-archive", "In-Place Archive", order="80", **{"well-known": "archivemsgfolderroot"}),
        _folder("m-root", "Recoverable Items", order="90", hidden="yes", **{"well-known": "recoverableitemsroot"}),
        _folder("m-purges", "Deletions", "m-root", order="91", hidden="yes"),
    ),
    Service.CALENDAR: (
        _folder("c-team", "Team", owner="team@northwind.example"),
        _folder("c-main", "Calendar", role=Role.MAIN),
        _folder("c-birthdays", "Birthdays", **{"read-only": "yes"}),
    ),
    Service.CONTACTS: (_folder("p-main", "Contacts", role=Role.MAIN), _folder("p-suppliers", "Suppliers")),
    Service.TASKS: (_folder("t-main", "Tasks", role=Role.MAIN), _folder("t-move", "Moving the warehouse")),
    Service.NOTES: (_folder("n-main", "Notes"),),
    Service.SETTINGS: (
        _folder("general", "Settings", settings="general"),
        _folder("rules", "Rules", settings="rules"),
        _folder("categories", "Categories", settings="categories"),
    ),
}


def _item(id: str, parent: str, name: str, days: float = 0, **facets: str) -> Item:
    said = {facet.replace("_", "-"): value for facet, value in facets.items()}
    return Item(
        id=NodeId(id), parent=NodeId(parent), name=name, revision="1", size=1800, time=int(NOW - days * DAY),
        facets={**({"from": said.pop("sender")} if "sender" in said else {}), **said},
    )  # fmt: skip


def _event(n: int, name: str, start: str, end: str, parent: str = "c-main", **facets: str) -> Item:
    return _item(
        f"e{n}", parent, name, n, start=start, end=end, organizer="adele.vance.0@northwind.example",
        sender="Adele Vance <adele.vance.0@northwind.example>", **facets,
    )  # fmt: skip


ITEMS: tuple[Item, ...] = (
    *(
        _item(f"m{n}", "m-inbox", f"Delivery {1200 + n} leaves on Friday", n / 3, sender="Aylin Demir <a@b.example>")
        for n in range(42)
    ),
    _item("m90", "m-clients", "Terms for the coming year", 9, sender="Jonas Bergström <jonas@fjord.example>"),
    _item("m91", "m-purges", "Deleted for good, and still there", 9, sender="Jonas Bergström <jonas@fjord.example>"),
    _event(1, "Quarterly review", "2026-11-24T09:00:00 UTC", "2026-11-24T10:30:00 UTC",
           description="Figures of the third quarter, and what follows from them"),
    _event(2, "Standup", "2026-11-23T08:15:00 Pacific Standard Time", "2026-11-23T08:30:00 Pacific Standard Time",
           description="What stands in the way", recurrence="daily"),
    _event(3, "Stocktaking", "2026-12-30T00:00:00 UTC", "2027-01-01T00:00:00 UTC", all_day="yes"),
    _event(4, "Team lunch", "2026-11-27T11:00:00 UTC", "2026-11-27T12:00:00 UTC", "c-team",
           description="At the harbour café"),
    _item("p1", "p-main", "Eleni Papadopoulou", 200, email="eleni@lotus.example", phone="+30 210 5550100",
          address="Ermou 12, Athens", title="Buyer", company="Lotus Paper"),
    _item("p2", "p-main", "Tomáš Dvořák", 150, email="tomas@vltava.example\ntomas@home.example",
          phone="+420 222 555 010\n+420 606 555 011", title="Driver", company="Vltava Freight"),
    _item("p3", "p-suppliers", "Harbour fitting-out", 90, company="Harbour Works", phone="+44 20 7946 0100"),
    _item("t1", "t-main", "Order pallets", 12, status="notStarted", due="2026-12-01T00:00:00", importance="high"),
    _item("t2", "t-main", "Call the printer", 14, status="completed", due="2026-11-12T00:00:00"),
    _item("t3", "t-move", "Measure the gates", 3, status="inProgress"),
    _item("n1", "n-main", "Gate code", 40, updated="2026-10-03T14:05:00Z",
          preview="The code of the yard changes on the first of each month"),
    _item("n2", "n-main", "Ideas for the stand", 20, updated="2026-11-01T08:00:00Z", preview="Two tables, one screen"),
    _item("general/working-hours", "general", "working-hours", 30),
    _item("general/automatic-replies", "general", "automatic-replies", 30),
    _item("rules/1", "rules", "Invoices to the folder Invoices", 30),
    _item("categories/1", "categories", "Urgent", 30),
)  # fmt: skip
_SERVICE_OF = {folder.id: service for service, folders in FOLDERS.items() for folder in folders}


class ItemsDesk(TenantsDesk):
    """A desk with one account of a tenant in it that has all services, and one that is gone from the directory."""

    async def cards(self) -> Sequence[views.StreamCard]:
        own = [self._service_card(PERSON, service) for service in SERVICES]
        gone = [self._service_card(LEFT, service) for service in SERVICES[:3]]
        return (*await super().cards(), *own, *gone)

    def _service_card(self, account: "object", service: Service) -> views.StreamCard:
        of = LEFT if account is LEFT else PERSON
        stream = stream_id(of.account.id, service)
        health = {Service.TASKS: views.Health.PARTIAL, Service.NOTES: views.Health.FAILED}
        is_gone = of is LEFT
        return views.StreamCard(
            stream=stream,
            account=of.account,
            service=service,
            connection=None if is_gone else of.account.connection,
            health=views.Health.ARCHIVED if is_gone else health.get(service, views.Health.OK),
            last=_point(stream, 0),
            snapshots=6,
            running=None,
            problem="denied" if service is Service.NOTES and not is_gone else "",
        )

    async def snapshots(self, stream: StreamId) -> Sequence[Snapshot]:
        if not _is_here(stream):
            return await super().snapshots(stream)
        return [_point(stream, days) for days in range(6)]

    async def folders(self, stream: StreamId, at: SnapshotId) -> Sequence[views.FolderRow]:
        if not _is_here(stream):
            return await super().folders(stream, at)
        found = FOLDERS[service_of(stream)]
        names = {folder.id: folder.name for folder in found}
        return [
            views.FolderRow(
                folder=folder,
                path=f"{names[folder.parent]}/{folder.name}" if folder.parent else folder.name,
                items=len(inside := [one for one in ITEMS if one.parent == folder.id]),
                size=len(inside) * 1800,
            )
            for folder in found
        ]

    async def row_ids(
        self, stream: StreamId, at: SnapshotId, folder: NodeId, order: views.Order, descending: bool, words: str = ""
    ) -> "array[int]":
        if not _is_here(stream):
            return await super().row_ids(stream, at, folder, order, descending, words)
        found = [n for n, one in enumerate(ITEMS) if one.parent == folder and words.casefold() in one.name.casefold()]
        found.sort(key=lambda n: _key(order, ITEMS[n]), reverse=descending)
        return array("q", (_BASE + n for n in found))

    async def rows(self, ids: Sequence[RowId]) -> Sequence[views.ItemRow]:
        if not ids or ids[0] < _BASE:
            return await super().rows(ids)
        return [_row(id - _BASE) for id in ids]

    async def search(self, query: views.Query, limit: int = 200, offset: int = 0) -> views.SearchPage:
        self.asked.append(("search", query))
        if query.stream is None or not _is_here(query.stream):
            return await super().search(query, limit, offset)
        service = service_of(query.stream)
        wanted = f"{query.words}{query.subject}{query.text}".casefold()
        found = [
            _row(n)
            for n, one in enumerate(ITEMS)
            if _SERVICE_OF[one.parent] is service and wanted in f"{one.name} {' '.join(one.facets.values())}".casefold()
        ]
        return views.SearchPage(rows=found, more=False)

    async def preview(self, item: Item, service: Service = Service.MAIL) -> views.Preview:
        if item.parent not in _SERVICE_OF:
            return await super().preview(item, service)
        lines = "".join(f"<tr><td><b>{name}</b></td><td>{value}</td></tr>" for name, value in item.facets.items())
        return views.Preview(
            service=service, subject=item.name, sender=item.facets.get("from", ""), recipients="", copies="", date="",
            html=f"<table>{lines}</table>", attachments=(), blocked=0,
        )  # fmt: skip


def stream(service: Service) -> StreamId:
    """The person's stream of a service."""
    return stream_id(PERSON.account.id, service)


def _is_here(stream: StreamId) -> bool:
    return stream.partition("/")[0] in (PERSON.account.id, LEFT.account.id)


def _row(n: int) -> views.ItemRow:
    item = ITEMS[n]
    service = _SERVICE_OF[item.parent]
    folder = next(one for one in FOLDERS[service] if one.id == item.parent)
    return views.ItemRow(row=RowId(_BASE + n), stream=stream(service), item=item, path=folder.name)


def _key(order: views.Order, item: Item) -> tuple[str | int, ...]:
    if order is views.Order.TIME:
        return (item.time or 0,)
    if order is views.Order.SENDER:
        return (item.facets.get("from", ""),)
    return (item.name.casefold(),)


def _point(of: StreamId, days: int) -> Snapshot:
    service = service_of(of)
    place = SERVICES.index(service)
    started = NOW - days * DAY - 2 * 3600 + place * 120
    count = sum(_SERVICE_OF[one.parent] is service for one in ITEMS)
    made = Snapshot(
        id=SnapshotId(f"2026{1200 - days:04d}T080000Z-{place:02d}{days:06x}"), stream=of, started=started,
        finished=started + 100, status=SnapshotStatus.COMPLETE, items=count, folders=len(FOLDERS[service]),
        size=count * 1800, added=days + 1, changed=0, removed=0, owed=0,
    )  # fmt: skip
    return replace(made, status=SnapshotStatus.PARTIAL, owed=1) if days == 2 else made
