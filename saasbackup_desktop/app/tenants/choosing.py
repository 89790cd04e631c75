"""What people say of accounts, by hand, by list and by rule; and what there is to choose by."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from saasbackup_desktop.app.tenants import discovering
from saasbackup_desktop.app.tenants.book import Book
from saasbackup_desktop.app.tenants.store import Credentials
from saasbackup_desktop.app.tenants.views import ListReport, Proof, RuleView, TenantSettings
from saasbackup_desktop.core.account_list import read_list, recognize
from saasbackup_desktop.core.activation import Rule, Rules, Status, decide
from saasbackup_desktop.core.errors import Fault
from saasbackup_desktop.providers.microsoft.directory import MailboxKind
from saasbackup_desktop.providers.microsoft.graph import Graph


def activated(book: Book, ids: Iterable[str]) -> Book:
    """These are backed up."""
    return _said(book, ids, lambda rules, chosen: _rules(rules, rules.selected | chosen, rules.excluded - chosen))


def excluded(book: Book, ids: Iterable[str]) -> Book:
    """These never are."""
    return _said(book, ids, lambda rules, chosen: _rules(rules, rules.selected - chosen, rules.excluded | chosen))


def included(book: Book, ids: Iterable[str]) -> Book:
    """Rules may choose these again."""
    return _said(book, ids, lambda rules, chosen: _rules(rules, rules.selected, rules.excluded - chosen))


def resumed(book: Book, ids: Iterable[str]) -> Book:
    """Those of these that were paused, by hand or by a rule, are backed up again."""
    paused = [id for id in ids if book.status(id) is Status.PAUSED]
    halted = {id: status for id, status in book.halted.items() if id not in set(paused)}
    by_rule = [id for id in paused if replace(book, halted=halted).status(id) is Status.PAUSED]
    return activated(replace(book, halted=halted), by_rule)


def halted(book: Book, ids: Iterable[str], status: Status) -> Book:
    """Rules or no rules, these are paused, inactive or removed. Only what is active can be paused."""
    chosen = [id for id in ids if id in book.found and _may_be(book, id, status)]
    book = replace(book, halted={**book.halted, **dict.fromkeys(chosen, status)})
    if status is Status.PAUSED:
        return book
    return replace(book, rules=replace(book.rules, selected=book.rules.selected - set(chosen)))


def with_rules(book: Book, rules: Sequence[Rule]) -> Book:
    """These rules beside those that are there; one of the same id takes the other's place."""
    new = {rule.id for rule in rules}
    kept = tuple(rule for rule in book.rules.rules if rule.id not in new)
    return replace(book, rules=replace(book.rules, rules=(*kept, *rules)))


def replaced(before: Sequence[Rule], rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """A new list of rules; those that did not change know when they were looked at last."""
    known = {rule.id: rule for rule in before}
    return tuple(
        replace(rule, ran=known[rule.id].ran)
        if rule.id in known and replace(known[rule.id], ran=None, leaving=rule.leaving) == replace(rule, ran=None)
        else rule
        for rule in rules
    )


async def with_members(graph: Graph, book: Book, groups: Iterable[str]) -> Book:
    """Ask who is in groups, and what they are called. Raises Fault."""
    asked = replace(book, rules=Rules(rules=tuple(Rule(id=group, group=group) for group in sorted(groups))))
    members = await discovering.read_groups_of(graph, asked.rules)
    names: dict[str, str] = {}
    for group in members:
        with suppress(Fault):  # its id will do
            names[group] = str((await graph.get(f"/groups/{group}", {"$select": "displayName"})).get("displayName"))
    return replace(book, members={**book.members, **members}, groups={**book.groups, **names})


def rule_views(book: Book) -> Sequence[RuleView]:
    """Rules, and how many each chooses now."""
    living = [one for one in discovering.candidates(book) if not one.is_deleted and one.has_mailbox]
    return [
        RuleView(
            rule=rule,
            chosen=sum(rule.chooses(one) for one in living),
            group_name=book.groups.get(rule.group, rule.group),
        )
        for rule in book.rules.rules
    ]


def values(book: Book, property: str) -> Sequence[tuple[str, int]]:
    """Values of a property, the most frequent first."""
    living = [one for one in discovering.candidates(book) if not one.is_deleted]
    found = Counter(value for one in living if (value := one.properties.get(property, "").strip()))
    return sorted(found.items(), key=lambda one: (-one[1], one[0].casefold()))


def read(book: Book, data: bytes) -> ListReport:
    """A list, held against the directory."""
    said = read_list(data)
    living = [one for one in discovering.candidates(book) if not one.is_deleted]
    known = recognize(said.entries, living)
    return ListReport(
        ids=known.ids,
        unknown=[(entry.line, entry.address) for entry in known.unknown],
        mistakes=[(one.line, one.wrong.value, one.text) for one in said.mistakes],
    )


def counts(book: Book) -> Mapping[str, int]:
    """How many accounts there are of each kind."""
    statuses = Counter(book.status(id) for id in book.found)
    living = [one for one in book.found.values() if not one.is_deleted]
    gone = sum(one.is_deleted for one in book.found.values())
    return {
        "found": len(living),
        "active": statuses[Status.ACTIVE],
        "paused": statuses[Status.PAUSED],
        "archived": gone,
        "licensed": sum(one.is_licensed for one in living),
        "unlicensed": sum(not one.is_licensed for one in living),
        "excluded": len(book.rules.excluded & book.found.keys()),
    }


def groups_of(book: Book) -> Mapping[str, list[str]]:
    """Names of the groups that an account is in, as far as rules name them."""
    found: dict[str, list[str]] = {}
    for group, ids in book.members.items():
        for id in ids:
            found.setdefault(id, []).append(book.groups.get(group, group))
    return found


async def sample(graph: Graph, settings: TenantSettings, credentials: Credentials, book: Book) -> str:
    """Somebody whose mailbox a check may try: one that is backed up, else one that was found; empty for none."""
    if settings.proof is Proof.DEVICE_CODE:
        return credentials.who
    living = [one for one in book.found.values() if not one.is_deleted and one.kind is not MailboxKind.NONE]
    for one in sorted(living, key=lambda one: book.status(one.id) is not Status.ACTIVE):
        return one.id
    with suppress(Fault):
        page = await graph.get("/users", {"$select": "id,mail,assignedLicenses", "$top": "50"})
        people = [one for one in page.get("value") or () if one.get("mail")]
        people.sort(key=lambda one: not one.get("assignedLicenses"))
        return str(people[0]["id"]) if people else ""
    return ""


def _said(book: Book, ids: Iterable[str], change: Callable[[Rules, frozenset[str]], Rules]) -> Book:
    """Take in what somebody said of accounts, and decide about these alone; rules are not asked again."""
    chosen = frozenset(id for id in ids if id in book.found)
    rules = change(book.rules, chosen)
    halted = {id: status for id, status in book.halted.items() if id not in chosen}
    known = replace(book, rules=rules, halted=halted)
    these = [one for one in discovering.candidates(known) if one.id in chosen]
    decisions = decide(these, rules, book.standings, book.discovered or 0)
    return replace(
        known,
        standings={**book.standings, **{one.id: one.standing for one in decisions}},
        reasons={**book.reasons, **{one.id: discovering.reasons_of(one) for one in decisions}},
    )


def _rules(rules: Rules, selected: frozenset[str], never: frozenset[str]) -> Rules:
    return replace(rules, selected=selected, excluded=never)


def _may_be(book: Book, id: str, status: Status) -> bool:
    return status is not Status.PAUSED or book.status(id) in (Status.ACTIVE, Status.AWAY)
