"""The word on a directory's row, and what has to be renewed, from what is known of a tenant."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from saasbackup_desktop.app.entra.standing import reasons_of, stands
from saasbackup_desktop.app.entra.views import Badge, RestoreAccess
from saasbackup_desktop.app.tasks.views import Task, TaskView
from saasbackup_desktop.app.tenants.book import Book
from saasbackup_desktop.app.tenants.reach import directory_account
from saasbackup_desktop.app.tenants.states import Past
from saasbackup_desktop.app.tenants.store import Credentials, Entry, Restorer
from saasbackup_desktop.app.tenants.views import CheckLine, CheckReport, Link, Standing, TenantSettings
from saasbackup_desktop.app.words.entra.tenants import BADGES, REASONS
from saasbackup_desktop.core.ids import ConnectionName, TaskId
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.microsoft.certificates import make_certificate

NOW = 1_790_000_000
DAY = 86400
NAME = ConnectionName("Fernwick")


def entry(**more: Any) -> Entry:
    settings = TenantSettings(name=NAME, keeps_directory=True)
    return Entry(settings, Credentials(), "bd3828ed-8e75-5759-b866-23f0f429b6d5", **more)


def line(area: str, outcome: str, standing: Standing = Standing.MISSING, **facts: str) -> CheckLine:
    return CheckLine(area=area, name="x", standing=standing, outcome=outcome, remedy="nothing", facts=facts)


def book(*lines: CheckLine) -> Book:
    return Book(report=CheckReport(link=Link.CONNECTED, lines=lines, checked=NOW), domain="fernwick.example")


def task(*services: Service, is_paused: bool = False, next_run: int | None = None) -> TaskView:
    found = Task(id=TaskId("1"), name="x", services=services, is_paused=is_paused)
    return TaskView(task=found, connections=(NAME,), services=services, next_run=next_run)


@pytest.mark.parametrize(
    ("lines", "problem", "reasons"),
    [
        ([], "", []),
        ([line("permission", "missing-permission", service="directory")], "", ["permission-missing"]),
        ([line("permission", "missing-permission", service="mail")], "", []),
        ([line("credential", "expires-soon", Standing.WARNING)], "", ["expires"]),
        ([line("credential", "certificate-expired")], "certificate-expired", ["expired"]),
        ([line("sign-in", "consent-revoked")], "", ["denied"]),
        ([], "consent-revoked", ["denied"]),
        ([line("permission", "missing-permission", service="directory")], "consent-revoked", ["permission-missing"]),
    ],
)
def test_what_has_to_be_renewed(lines: Sequence[CheckLine], problem: str, reasons: list[str]) -> None:
    assert reasons_of(entry(), book(*lines), problem, NOW) == reasons
    assert set(reasons) <= REASONS.keys()


def test_what_writes_has_to_be_renewed_too() -> None:
    made = make_certificate("x", NOW)
    held = Restorer(access="permanent", client="c", certificate=made)
    assert reasons_of(entry(restorer=held), book(), "", NOW) == []
    assert reasons_of(entry(restorer=replace(held, missing=("Group.ReadWrite.All",))), book(), "", NOW) == [
        "restore-permission-missing"
    ]
    soon = made.expires - DAY
    assert reasons_of(entry(restorer=held), book(), "", soon) == ["restore-expires"]
    refused = replace(held, problem="certificate-unknown")
    assert reasons_of(entry(restorer=refused), book(), "", soon) == ["restore-denied"]
    gone = replace(refused, client="")
    assert reasons_of(entry(restorer=gone), book(), "", soon) == [], "there is none to renew"


def test_badges() -> None:
    known = book()
    account = directory_account(NAME, entry(), known)
    assert account is not None
    past = Past({}, {})
    waiting = stands(entry(), known, account, past, {}, [task(next_run=NOW + 60), task(next_run=NOW + 30)], NOW)
    assert (waiting.badge, waiting.next_backup, waiting.domain) == (Badge.WAITING, NOW + 30, "fernwick.example")
    assert (waiting.restore, waiting.restore_client) == (RestoreAccess.NONE, "")
    other = stands(entry(), known, account, past, {}, [task(Service.MAIL, is_paused=True, next_run=NOW)], NOW)
    assert (other.badge, other.next_backup) == (Badge.WAITING, None), "that task is none of the directory's"
    paused = stands(entry(), known, account, past, {}, [task(is_paused=True, next_run=NOW)], NOW)
    assert (paused.badge, paused.next_backup) == (Badge.PAUSED, None)
    off = replace(entry(), settings=replace(entry().settings, keeps_directory=False))
    assert stands(off, known, account, past, {}, [], NOW).badge is Badge.NOT_ACTIVE
    unknown = stands(replace(entry(), directory=""), known, None, past, {}, [], NOW)
    assert (unknown.badge, unknown.directory, unknown.is_active) == (Badge.NOT_ACTIVE, "", False)
    assert BADGES.keys() == set(Badge)
