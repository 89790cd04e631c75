"""Usage: how many accounts each customer has, how many are protected, and what they take."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from saasbackup_desktop.app.reports.summary import Facts
from saasbackup_desktop.app.reports.views import Table, Value
from saasbackup_desktop.app.tenants.views import Tenant, TenantAccount
from saasbackup_desktop.app.views import Connection, StreamCard
from saasbackup_desktop.core.ids import AccountId
from saasbackup_desktop.core.model import Provider, Service

_CUSTOMERS = (
    *("customer", "service", "entities", "active", "inactive", "paused", "archived", "licensed"),
    *("points", "items", "size"),
)
_ACCOUNTS = ("customer", "account", "name", "state", "licensed", "points", "items", "size", "last")

ACTIVE, INACTIVE, PAUSED, ARCHIVED, IMPORTED = "active", "inactive", "paused", "archived", "imported"


def usage(
    cards: Sequence[StreamCard],
    connections: Sequence[Connection],
    tenants: Sequence[tuple[Tenant, Sequence[TenantAccount]]],
) -> tuple[Facts, tuple[Table, ...]]:
    """Count them: a tenant is a customer, and so is each account of a mail server; what no source reaches is one."""
    held: dict[AccountId, list[StreamCard]] = defaultdict(list)
    for card in cards:
        held[card.account.id].append(card)
    customers: list[tuple[Value, ...]] = []
    accounts: list[tuple[Value, ...]] = []
    seen: set[AccountId] = set()
    for tenant, members in tenants:
        name = str(tenant.settings.name)
        rows = [_member(name, one, held.get(one.account.id, ())) for one in members]
        seen |= {one.account.id for one in members}
        for id, taken in held.items():  # the directory itself is no account, and takes its room all the same
            one = taken[0].account
            if taken[0].service is Service.DIRECTORY and one.connection == tenant.settings.name:
                seen.add(id)
                rows.append(_row(name, one.address, one.name, ACTIVE, "", taken))
        accounts += rows
        customers.append(_customer(name, "microsoft", tenant.counts, rows))
    for connection in connections:
        own = held.get(connection.account.id, ())
        seen.add(connection.account.id)
        row = _row(str(connection.name), connection.account.address, connection.account.name, ACTIVE, "", own)
        accounts.append(row)
        counts = {"found": 1, "active": 1}
        customers.append(_customer(str(connection.name), "imap", counts, [row]))
    left = [some for id, some in held.items() if id not in seen]
    for service, state in (("file", IMPORTED), ("vault", ARCHIVED)):
        rest = [
            _row("", some[0].account.address, some[0].account.name, state, "", some)
            for some in left
            if (some[0].account.provider is Provider.FILE) == (state is IMPORTED)
        ]
        if rest:
            accounts += rest
            customers.append(_customer("", service, {"archived": len(rest)}, rest))
    facts: Facts = (
        ("entities", sum(int(row[2] or 0) for row in customers)),
        ("active", sum(int(row[3] or 0) for row in customers)),
        ("archived", sum(int(row[6] or 0) for row in customers)),
        ("licensed", sum(int(row[7] or 0) for row in customers)),
        ("size", sum(int(row[10] or 0) for row in customers)),
    )
    return facts, (
        Table(code="customers", columns=_CUSTOMERS, rows=tuple(customers)),
        Table(code="entities", columns=_ACCOUNTS, rows=tuple(accounts)),
    )


def _customer(
    name: str, service: str, counts: Mapping[str, int], rows: Sequence[tuple[Value, ...]]
) -> tuple[Value, ...]:
    found, active, paused = counts.get("found", 0), counts.get("active", 0), counts.get("paused", 0)
    return (
        name,
        service,
        found + counts.get("archived", 0),
        active,
        max(0, found - active - paused),
        paused,
        counts.get("archived", 0),
        counts.get("licensed", 0),
        *(sum(int(row[place] or 0) for row in rows) for place in (5, 6, 7)),
    )


def _member(customer: str, one: TenantAccount, cards: Sequence[StreamCard]) -> tuple[Value, ...]:
    state = ARCHIVED if one.state.value == ARCHIVED else one.status.value
    licensed = "yes" if one.is_licensed else "no"
    return _row(customer, one.account.address, one.account.name, state, licensed, cards)


def _row(
    customer: str, address: str, name: str, state: str, licensed: str, cards: Sequence[StreamCard]
) -> tuple[Value, ...]:
    looked = [card.looked for card in cards if card.looked is not None]
    return (
        customer,
        address,
        name,
        state,
        licensed,
        sum(card.snapshots for card in cards),
        sum(card.last.items for card in cards if card.last),
        sum(card.last.size for card in cards if card.last),
        max(looked, default=None),
    )
