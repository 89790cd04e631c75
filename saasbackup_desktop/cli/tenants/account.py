"""``saasbackup account``: which accounts of a tenant are backed up."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Final

import typer

from saasbackup_desktop.app.flows.bulk_activation import BulkActivation, Later
from saasbackup_desktop.app.tenants.views import RuleView, TenantAccount
from saasbackup_desktop.app.words import tenants as words
from saasbackup_desktop.cli import resolve
from saasbackup_desktop.cli.agreement import Yes, require_agreement
from saasbackup_desktop.cli.command import command
from saasbackup_desktop.cli.exits import ExitCode, joint_exit
from saasbackup_desktop.cli.figures import count, counted, printable
from saasbackup_desktop.cli.output import Column, Record, field, number
from saasbackup_desktop.cli.retention import Grace
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.cli.tenants import options, picking
from saasbackup_desktop.cli.tenants.picking import Picked, Wanted
from saasbackup_desktop.cli.tenants.records import discovery_record, rule_record
from saasbackup_desktop.cli.watch import see_through
from saasbackup_desktop.core.activation import Leaving, Match, Status, When
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import ConnectionName, JobId
from saasbackup_desktop.core.retention import GRACE_DAYS

group = typer.Typer(name="account", help="Which accounts of a tenant are backed up.", no_args_is_help=True)


class _Action(StrEnum):
    ACTIVATE = "activate"
    PAUSE = "pause"
    RESUME = "resume"
    EXCLUDE = "exclude"
    INCLUDE = "include"
    DEACTIVATE = "deactivate"


_DONE: Final = {
    _Action.ACTIVATE: "activated",
    _Action.PAUSE: "paused",
    _Action.RESUME: "resumed",
    _Action.EXCLUDE: "excluded",
    _Action.INCLUDE: "open to rules again",
    _Action.DEACTIVATE: "deactivated",
}
_COMPARED: Final = {
    Match.EQUAL: "is",
    Match.BEGINS: "begins with",
    Match.ENDS: "ends with",
    Match.CONTAINS: "contains",
}


@command(group, "activate", example="saasbackup account activate Fernwick --property department=Sales --rule always")
async def activate(
    shell: Shell,
    name: options.Name,
    accounts: picking.Accounts = None,
    everybody: picking.Everybody = False,
    properties: picking.Property = None,
    of_group: picking.Group = "",
    file: picking.ListFile = None,
    rule: Annotated[
        When, typer.Option("--rule", help="Only now, at every look at the directory, or daily: new accounts, too.")
    ] = When.ONCE,
    leaving: Annotated[
        Leaving | None, typer.Option(help="What becomes of an account that the rule does not choose any more.")
    ] = None,
    rule_name: Annotated[str, typer.Option(metavar="NAME", help="What to call the rule.")] = "",
) -> ExitCode:
    """Let accounts be backed up: these, all, by a property, a group or a list; with --rule, those that come later, too.

    What is saved of an account, and what was said of it, stays.
    """
    wanted = Wanted(accounts or (), everybody, properties or (), of_group, file)
    tenant = await _tenant(shell, name)
    picked = await picking.pick(shell, tenant, wanted)
    if rule is When.ONCE:
        if leaving is not None or rule_name:
            raise Misconfigured(what="--leaving and --rule-name go with --rule always or daily")
        return await _act(shell, tenant, _Action.ACTIVATE, wanted, picked)
    if picked.bulk is None:
        raise Misconfigured(what="--rule goes with --all, --property or --group: a list stays as it is")
    return await _put_rule(shell, tenant, picked.bulk, rule, leaving or Leaving.KEEP, rule_name)


def _register(action: _Action, example: str, says: str) -> None:
    async def act(
        shell: Shell,
        name: options.Name,
        accounts: picking.Accounts = None,
        everybody: picking.Everybody = False,
        properties: picking.Property = None,
        of_group: picking.Group = "",
        file: picking.ListFile = None,
    ) -> ExitCode:
        tenant = await _tenant(shell, name)
        wanted = Wanted(accounts or (), everybody, properties or (), of_group, file)
        return await _act(shell, tenant, action, wanted, await picking.pick(shell, tenant, wanted))

    act.__doc__ = says
    command(group, action.value, example=f"saasbackup account {action.value} Fernwick {example}")(act)


for _action, _example, _says in (
    (_Action.PAUSE, "ada@fernwick.example", "Back active accounts up no more for now. What is saved stays."),
    (_Action.RESUME, "--all", "Back paused accounts up again."),
    (_Action.EXCLUDE, "board@fernwick.example", "Never back accounts up, whichever rule chooses them."),
    (_Action.INCLUDE, "board@fernwick.example", "Let rules choose accounts again that were excluded."),
    (
        _Action.DEACTIVATE,
        "ada@fernwick.example",
        "Back accounts up no more, until somebody says so. What is saved stays.",
    ),
):
    _register(_action, _example, _says)


@command(group, "delete", example="saasbackup account delete Fernwick former@fernwick.example --grace 30 --yes")
async def delete(
    shell: Shell, name: options.Name, accounts: picking.Accounts = None, grace: Grace = GRACE_DAYS, yes: Yes = False
) -> ExitCode:
    """Let all that is saved of accounts go, and back them up no more. The vault's trash gives it back for some days."""
    tenant = await _tenant(shell, name)
    chosen = (await picking.pick(shell, tenant, Wanted(accounts or ()))).accounts
    require_agreement(shell, yes, tenant, f"to delete the backups of {counted(len(chosen), 'account')}")
    tenants = (await shell.unlocked()).tenants
    jobs = await tenants.delete(tenant, [one.id for one in chosen], grace)
    _tell(shell, tenant, "delete", chosen, "deleted" if jobs else "deleted; nothing was saved of them")
    return await see_through(shell, jobs) if jobs else ExitCode.DONE


@command(group, "rules", example="saasbackup account rules Fernwick")
async def rules(
    shell: Shell,
    name: options.Name,
    remove: Annotated[
        list[str] | None, typer.Option(metavar="RULE", help="Remove this rule; may be repeated.", show_default=False)
    ] = None,
) -> ExitCode:
    """List the rules that choose accounts, and how many each chooses now. Whom a removed one chose stays as it is."""
    tenant = await _tenant(shell, name)
    tenants = (await shell.unlocked()).tenants
    found, jobs = await tenants.rules(tenant), tuple[JobId, ...]()
    if remove:
        gone = {_rule(found, text).rule.id for text in remove}
        jobs = (await tenants.put_rules(tenant, [one.rule for one in found if one.rule.id not in gone])).jobs
        found = await tenants.rules(tenant)
    shell.out.table(
        [rule_record(tenant, one) for one in found],
        [
            field("Rule", "rule"),
            Column("Chooses", _chooses),
            field("When", "when"),
            field("Who leaves", "leaving"),
            number("Now", "chosen", count),
        ],
    )
    return await see_through(shell, jobs)


async def _act(shell: Shell, tenant: ConnectionName, action: _Action, wanted: Wanted, picked: Picked) -> ExitCode:
    """Do it, and say of whom; a list is done in part if anything in it could not be done."""
    tenants = (await shell.unlocked()).tenants
    ids = [one.id for one in picked.accounts]
    does = {
        _Action.ACTIVATE: tenants.activate,
        _Action.PAUSE: tenants.pause,
        _Action.RESUME: tenants.resume,
        _Action.EXCLUDE: tenants.exclude,
        _Action.INCLUDE: tenants.include,
        _Action.DEACTIVATE: tenants.deactivate,
    }
    jobs = await does[action](tenant, ids)
    after = [one for one in await tenants.accounts(tenant) if one.id in set(ids)]
    refused = [one for one in after if not _fits(action, one)]
    _tell(shell, tenant, action.value, [one for one in after if one not in refused], _DONE[action])
    for one in refused:
        why = "; ".join(words.reason_words(*reason) for reason in one.reasons) or words.state_words(one.state).label
        shell.out.note(printable(f"  not {_DONE[action]}: {one.account.address}: {why}"))
    is_whole = wanted.file is None or not (refused or picked.left_out)
    ended = await see_through(shell, jobs)
    return ended if is_whole else joint_exit([ended, ExitCode.PARTIAL])


def _fits(action: _Action, account: TenantAccount) -> bool:
    if action in (_Action.ACTIVATE, _Action.RESUME):
        return account.status is Status.ACTIVE
    return action is not _Action.PAUSE or account.status is Status.PAUSED


async def _put_rule(
    shell: Shell, tenant: ConnectionName, bulk: BulkActivation, when: When, leaving: Leaving, name: str
) -> ExitCode:
    tenants = (await shell.unlocked()).tenants
    there = [one.rule for one in await tenants.rules(tenant)]
    bulk.later, bulk.when, bulk.leaving, bulk.rule_name = Later.MATCHING, when, leaving, name
    rule = bulk.rule([one.id for one in there])
    assert rule is not None
    found = await tenants.put_rules(tenant, [*there, rule])
    [view] = [one for one in await tenants.rules(tenant) if one.rule.id == rule.id]
    shell.out.record(
        rule_record(tenant, view),
        printable(f"The rule “{rule.id}” chooses {counted(view.chosen, 'account')} now."),
    )
    shell.out.record(discovery_record(tenant, found), f"{counted(found.activated, 'account')} activated.")
    return await see_through(shell, found.jobs)


def _tell(shell: Shell, tenant: str, action: str, chosen: Sequence[TenantAccount], done: str) -> None:
    addresses = [one.account.address for one in chosen]
    record = {"type": "accounts-changed", "tenant": tenant, "action": action, "accounts": addresses}
    shell.out.record(record, printable(f"{tenant}: {counted(len(chosen), 'account')} {done}."))


def _chooses(record: Record) -> str:
    if record["group"]:
        return f"members of {record['group_name'] or record['group']}"
    if not record["property"]:
        return "everybody"
    return f"{record['property']} {_COMPARED[Match(record['match'])]} {' or '.join(record['values'])}"


def _rule(found: Sequence[RuleView], text: str) -> RuleView:
    for one in found:
        if one.rule.id.casefold() == text.casefold():
            return one
    raise Misconfigured(text, what=f"there is no rule “{text}”; “saasbackup account rules” lists them")


async def _tenant(shell: Shell, name: str) -> ConnectionName:
    return resolve.tenant(await (await shell.unlocked()).tenants.all(), name).settings.name
