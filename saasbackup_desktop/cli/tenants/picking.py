"""Which accounts of a tenant are meant: by their names, all, by a property, by a group, or by a list."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer

from saasbackup_desktop.app.flows.bulk_activation import BulkActivation, How
from saasbackup_desktop.app.tenants.tenants import Tenants
from saasbackup_desktop.app.tenants.views import GroupView, ListReport, TenantAccount
from saasbackup_desktop.cli.figures import listed, printable
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.cli.tenants import options
from saasbackup_desktop.cli.tenants.records import mistake_records
from saasbackup_desktop.core.activation import Match
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import ConnectionName

MISTAKES: Final = {
    "empty": "there is nothing in the file",
    "no-header": "the first line must be “Account Email”",
    "more-columns": "there is more than one column",
    "not-an-address": "this is not an address",
    "twice": "it stands above already",
    "quotes": "quotation marks do not close; nothing below can be read",
    "not-text": "this is not text in UTF-8 or UTF-16",
    "unknown": "nobody in the directory has this address",
}
_MATCHES: Final = {"=": Match.EQUAL, "^=": Match.BEGINS, "$=": Match.ENDS, "*=": Match.CONTAINS}
_PROPERTY: Final = re.compile(r"([A-Za-z]+)([*^$]?=)(.*)", re.DOTALL)

Accounts = Annotated[
    list[str] | None, typer.Argument(metavar="[ACCOUNT]...", help="These: by address, name or id.", show_default=False)
]
Everybody = Annotated[bool, typer.Option("--all", help="Every account of the tenant.")]
Property = Annotated[
    list[str] | None,
    typer.Option(
        "--property",
        metavar="NAME=VALUE",
        help="Those with this value, as department=Sales; ^= begins, $= ends, *= contains. Repeated: any of them.",
        show_default=False,
    ),
]
Group = Annotated[str, typer.Option("--group", metavar="GROUP", help="The members of this group.", show_default=False)]
ListFile = Annotated[
    Path | None,
    typer.Option("--list", metavar="FILE", help="CSV with one column, Account Email; - is standard input."),
]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was said on the command line."""

    accounts: Sequence[str] = ()
    everybody: bool = False
    properties: Sequence[str] = ()
    group: str = ""
    file: Path | None = None


@dataclass(frozen=True, slots=True)
class Picked:
    """Who is meant."""

    accounts: Sequence[TenantAccount]
    bulk: BulkActivation | None = None
    """How a rule would pick them, if one could."""
    left_out: int = 0
    """Lines of a list that are not taken."""


def condition(texts: Sequence[str]) -> tuple[str, Match, tuple[str, ...]]:
    """``department=Sales`` -> property, comparison and values; several have one property. Raises Misconfigured."""
    parts = []
    for text in texts:
        found = _PROPERTY.fullmatch(text)
        if found is None or not found[3].strip():
            raise Misconfigured(text, what=f"--property takes NAME=VALUE, for example department=Sales, not “{text}”")
        parts.append((found[1], _MATCHES[found[2]], found[3].strip()))
    if len({(name, match) for name, match, _ in parts}) != 1:
        raise Misconfigured(what="several --property name one property, compared in one way")
    return parts[0][0], parts[0][1], tuple(value for _, _, value in parts)


async def pick(shell: Shell, tenant: ConnectionName, wanted: Wanted) -> Picked:
    """The accounts that are meant; a directory that was never looked at is looked at first.

    Raises Misconfigured, Fault.
    """
    options.require_one(
        "what is to be done",
        ACCOUNT=wanted.accounts,
        all=wanted.everybody,
        property=wanted.properties,
        group=wanted.group,
        list=wanted.file,
    )
    tenants = (await shell.unlocked()).tenants
    found = await tenants.accounts(tenant)
    if (await tenants.find(tenant)).discovered is None:
        await tenants.discover(tenant)
        found = await tenants.accounts(tenant)
    if wanted.accounts:
        return Picked([account(found, text) for text in dict.fromkeys(wanted.accounts)])
    if wanted.file is not None:
        report = await _in_list(shell, tenants, tenant, wanted.file)
        left_out = len(report.unknown) + len(report.mistakes)
        return Picked([one for one in found if one.id in report.ids], left_out=left_out)
    bulk = BulkActivation()
    if wanted.properties:
        bulk.how = How.PROPERTY
        bulk.name, bulk.match, bulk.values = condition(wanted.properties)
        _require_property(found, bulk.name)
    elif wanted.group:
        group = _group(await tenants.groups(tenant), wanted.group)
        bulk.how, bulk.group, bulk.group_name = How.GROUP, group.id, group.name
    ids = await tenants.picked(tenant, bulk.draft())
    return Picked([one for one in found if one.id in ids], bulk)


def account(found: Sequence[TenantAccount], text: str) -> TenantAccount:
    """One account by its address, its id or its name. Raises Misconfigured."""
    wanted = text.casefold()
    for same in (
        [one for one in found if wanted in (one.account.address.casefold(), one.id.casefold(), one.account.id)],
        [one for one in found if wanted == one.account.name.casefold()],
    ):
        if len(same) == 1:
            return same[0]
        if same:
            choices = listed(one.account.address for one in same)
            raise Misconfigured(text, what=f"“{text}” means more than one account; say which: {choices}")
    hint = "“saasbackup accounts” with its name lists them" if found else "“saasbackup source discover” looks for them"
    raise Misconfigured(text, what=f"the tenant has no account “{text}”; {hint}")


def _require_property(found: Sequence[TenantAccount], name: str) -> None:
    known = {property for one in found for property in one.properties}
    if found and name not in known and name not in _ALWAYS:
        raise Misconfigured(name, what=f"no account has a property “{name}”; known: {listed(sorted(known | _ALWAYS))}")


_ALWAYS: Final = frozenset({"displayName", "mail", "userPrincipalName"})


def _group(groups: Sequence[GroupView], text: str) -> GroupView:
    wanted = text.casefold()
    same = [one for one in groups if wanted in (one.id.casefold(), one.name.casefold(), one.address.casefold())]
    if len(same) == 1:
        return same[0]
    if same:
        raise Misconfigured(
            text, what=f"several groups are called “{text}”; say which: {listed(one.id for one in same)}"
        )
    raise Misconfigured(text, what=f"the directory has no group “{text}”")


async def _in_list(shell: Shell, tenants: Tenants, tenant: ConnectionName, file: Path) -> ListReport:
    report = await tenants.read_list(tenant, options.data_of(file))
    for record in mistake_records(report, MISTAKES):
        if shell.out.as_json:
            shell.out.progress(record)
        else:
            shell.out.note(printable(f"  line {record['line']}: {record['what']}: {record['text']}"))
    if not report.ids:
        raise Misconfigured(what=f"{file} names no account of the tenant")
    return report
