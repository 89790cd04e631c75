"""Whether a tenant is connected: what the last check found, and what jobs have met since."""

from collections.abc import Sequence

from saasbackup_desktop.app.tenants.book import Book
from saasbackup_desktop.app.tenants.checking import cuts_off, is_of_directory
from saasbackup_desktop.app.tenants.states import problem_of
from saasbackup_desktop.app.tenants.views import CheckReport, Link, Standing
from saasbackup_desktop.catalog.catalog import Run
from saasbackup_desktop.core.jobs import State
from saasbackup_desktop.providers.microsoft.outcomes import Outcome

_WITHDRAWN = frozenset({Outcome.MISSING_PERMISSION, Outcome.CONSENT_REVOKED})


def link_of(book: Book, runs: Sequence[Run]) -> tuple[Link, str]:
    """How a tenant's connection is, and the code of what is wrong. ``runs``: its last jobs, newest first."""
    link, problem = Link.UNKNOWN, ""
    if book.report is not None:
        link, problem = book.report.link, problem_in(book.report)
    for run in reversed(_since(book, runs)):
        outcome = problem_of(run, granted_in(book))
        if outcome is not None and (cuts_off(outcome.value) or outcome in _WITHDRAWN):
            link, problem = Link.DISCONNECTED, outcome.value
        elif run.state in (State.DONE, State.PARTIAL) and (cuts_off(problem) or link is Link.UNKNOWN):
            link, problem = Link.CONNECTED, ""
    return link, problem


def granted_in(book: Book) -> frozenset[str]:
    """Services whose permissions were all granted once: if one is missing now, it was withdrawn."""
    if book.report is None:
        return frozenset()
    lines = [line for line in book.report.lines if line.area == "permission" and line.facts.get("purpose") == "back-up"]
    missing = {str(line.facts["service"]) for line in lines if line.name not in book.granted and not line.is_optional}
    return frozenset(str(line.facts["service"]) for line in lines) - missing


def problem_in(report: CheckReport) -> str:
    """Code of the first thing that is wrong, the gravest areas first."""
    order = ("sign-in", "credential", "permission", "role", "service", "licence")
    bad = [
        line
        for line in report.lines
        if line.standing in (Standing.MISSING, Standing.PENDING) and not line.is_optional and not is_of_directory(line)
    ]
    bad.sort(key=lambda line: (line.standing is Standing.PENDING, order.index(line.area)))
    return bad[0].outcome if bad else ""


def _since(book: Book, runs: Sequence[Run]) -> list[Run]:
    """Jobs that ended after the last check, the last one to end first."""
    checked = book.report.checked if book.report is not None else 0
    newer = True
    found = []
    for run in runs:
        if run.job == book.last_job:
            newer = False
        if run.finished is not None and (run.finished > checked or (run.finished == checked and newer)):
            found.append(run)
    return sorted(found, key=lambda run: run.finished or 0, reverse=True)
