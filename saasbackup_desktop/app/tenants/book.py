"""What is known of a tenant's accounts: who was found, what was decided, and where the next look goes on from."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from saasbackup_desktop.app.tenants.views import CheckLine, CheckReport, Link
from saasbackup_desktop.app.tenants.views import Standing as CheckStanding
from saasbackup_desktop.core import codec
from saasbackup_desktop.core.activation import Leaving, Match, Rule, Rules, Standing, Status, When
from saasbackup_desktop.providers.microsoft.directory import Found, MailboxKind
from saasbackup_desktop.providers.microsoft.role_state import RoleRecord, RoleStanding

Reasons = tuple[tuple[str, str], ...]
"""Codes of ``core.activation.Why``, each with its rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """One tenant's accounts. Accounts are named by the directory's own ids."""

    link: str = ""
    """Where the next look at the directory goes on from; empty: with everybody."""
    found: Mapping[str, Found] = field(default_factory=dict)
    standings: Mapping[str, Standing] = field(default_factory=dict)
    reasons: Mapping[str, Reasons] = field(default_factory=dict)
    rules: Rules = field(default_factory=Rules)
    halted: Mapping[str, Status] = field(default_factory=dict)
    """What a person said of single accounts, and what rules do not change: PAUSED, INACTIVE or REMOVED."""
    members: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Accounts in the groups that rules name."""
    groups: Mapping[str, str] = field(default_factory=dict)
    """Names of the groups that rules name."""
    discovered: int | None = None
    report: CheckReport | None = None
    granted: frozenset[str] = frozenset()
    """Permissions that any check found granted: of what is missing later, it is known that it was withdrawn."""
    last_job: str = ""
    """The newest job at the time of that check."""
    role: RoleRecord = field(default_factory=RoleRecord)
    principal: str = ""
    """Object id of the application's service principal, once it is known."""
    application: str = ""
    """Object id of its registration, once it is known."""
    organisation: str = ""
    """What the tenant is called, once it was asked."""
    domain: str = ""
    """Its default domain, once it was asked."""
    former: tuple[str, ...] = ()
    """Applications that were signed in as before, and may be left over in the tenant."""

    def status(self, id: str) -> Status:
        """What is done about an account: what a person said of it, else what the rules say."""
        halted = self.halted.get(id)
        return halted if halted is not None else self.standings.get(id, Standing()).status

    @property
    def active(self) -> list[str]:
        """Ids of the accounts that are backed up now."""
        return [id for id in self.found if self.status(id) is Status.ACTIVE]


def to_bytes(book: Book) -> bytes:
    """Write a book down."""
    plain = {
        "link": book.link,
        "found": [_found_to_plain(one) for one in book.found.values()],
        "standings": {id: [one.status.value, sorted(one.by)] for id, one in book.standings.items()},
        "reasons": {id: [list(one) for one in reasons] for id, reasons in book.reasons.items()},
        "rules": [rule_to_plain(rule) for rule in book.rules.rules],
        "selected": sorted(book.rules.selected),
        "excluded": sorted(book.rules.excluded),
        "halted": {id: status.value for id, status in book.halted.items()},
        "members": {group: sorted(ids) for group, ids in book.members.items()},
        "groups": dict(book.groups),
        "discovered": book.discovered,
        "report": asdict(book.report) if book.report is not None else None,
        "granted": sorted(book.granted),
        "last_job": book.last_job,
        "role": asdict(book.role),
        "principal": book.principal,
        "application": book.application,
        "former": list(book.former),
        "organisation": book.organisation,
        "domain": book.domain,
    }
    return codec.dumps(plain).encode()


def from_bytes(data: bytes) -> Book:
    """Read it back."""
    plain: Mapping[str, Any] = codec.loads(data)
    found = [_found_from_plain(one) for one in plain["found"]]
    return Book(
        link=plain["link"],
        found={one.id: one for one in found},
        standings={id: Standing(Status(status), frozenset(by)) for id, (status, by) in plain["standings"].items()},
        reasons={id: tuple((why, rule) for why, rule in reasons) for id, reasons in plain["reasons"].items()},
        rules=Rules(
            rules=tuple(rule_from_plain(one) for one in plain["rules"]),
            selected=frozenset(plain["selected"]),
            excluded=frozenset(plain["excluded"]),
        ),
        halted={id: Status(status) for id, status in plain["halted"].items()},
        members={group: frozenset(ids) for group, ids in plain["members"].items()},
        groups=plain["groups"],
        discovered=plain["discovered"],
        report=_report_from_plain(plain["report"]) if plain["report"] is not None else None,
        granted=frozenset(plain["granted"]),
        last_job=plain["last_job"],
        role=RoleRecord(**{**plain["role"], "standing": RoleStanding(plain["role"]["standing"])}),
        principal=plain["principal"],
        application=plain["application"],
        former=tuple(plain["former"]),
        organisation=plain.get("organisation", ""),
        domain=plain.get("domain", ""),
    )


def rule_to_plain(rule: Rule) -> dict[str, Any]:
    """Write a rule down."""
    return asdict(rule)


def rule_from_plain(plain: Mapping[str, Any]) -> Rule:
    """Read it back. Raises Misconfigured."""
    kinds = {"when": When(plain["when"]), "match": Match(plain["match"]), "leaving": Leaving(plain["leaving"])}
    return Rule(**{**plain, **kinds, "values": tuple(plain["values"])})


def _found_to_plain(found: Found) -> dict[str, Any]:
    plain = asdict(found)
    return {name: value for name, value in plain.items() if value or name == "is_enabled"}


def _found_from_plain(plain: Mapping[str, Any]) -> Found:
    return Found(
        **{**plain, "aliases": tuple(plain.get("aliases", ())), "kind": MailboxKind(plain.get("kind", "unknown"))}
    )


def _report_from_plain(plain: Mapping[str, Any]) -> CheckReport:
    lines: Sequence[Mapping[str, Any]] = plain["lines"]
    return CheckReport(
        **{
            **plain,
            "link": Link(plain["link"]),
            "lines": tuple(CheckLine(**{**line, "standing": CheckStanding(line["standing"])}) for line in lines),
        }
    )
