"""The summary: tasks at a glance, what failed, and the same as a file for a spreadsheet."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from saasbackup_desktop.app.words.faults import words_for
from saasbackup_desktop.app.words.letters.figures import counted, number_words, size_words
from saasbackup_desktop.app.words.letters.letters import whole
from saasbackup_desktop.app.words.letters.parts import points
from saasbackup_desktop.app.words.letters.setting import Setting
from saasbackup_desktop.providers.notify.letter import Block, Grid, Head, Letter, Para, Points


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskLine:
    """One task, or what was done without one, in a stretch of time."""

    name: str
    completed: int = 0
    partial: int = 0
    failed: int = 0
    added: int = 0
    stored: int = 0
    """Bytes."""
    next_run: int | None = None
    overdue_since: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureLine:
    """A backup that fails, as it stands at the end."""

    account: str
    service: str
    task: str
    code: str
    facts: Mapping[str, str | int]
    since: int
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a summary tells."""

    since: int
    until: int
    tasks: Sequence[TaskLine]
    failures: Sequence[FailureLine]
    restores: int = 0
    restores_failed: int = 0


def summary_letter(summary: Summary, span: str, setting: Setting) -> Letter:
    """Put it into words. ``span``: ``Daily``, ``Weekly`` or ``Monthly``."""
    done = sum(line.completed for line in summary.tasks)
    bad = sum(line.failed + line.partial for line in summary.tasks)
    late = [line for line in summary.tasks if line.overdue_since is not None]
    is_bad = bool(summary.failures or late or summary.restores_failed)
    verdict = _verdict(len(summary.failures), len(late), done + bad, summary.restores_failed)
    blocks: list[Block] = [
        Para(f"From {setting.moment(summary.since)} to {setting.moment(summary.until)}: {verdict}."),
    ]
    if summary.tasks:
        rows = tuple(_row(line, setting) for line in summary.tasks)
        blocks += [
            Head("Tasks"),
            Grid(("Task", "Completed", "Partial", "Failed", "Items added", "Stored"), rows),
        ]
    upcoming = tuple(
        f"“{line.name}”: {setting.moment(line.next_run)}" for line in summary.tasks if line.next_run is not None
    )
    if upcoming:
        blocks += [Head("Next runs"), Points(upcoming)]
    if late:
        lines = tuple(f"“{one.name}”, due since {setting.moment(one.overdue_since or 0)}" for one in late)
        blocks += [Head("Overdue"), Points(lines)]
    if summary.failures:
        blocks += [Head("What fails now"), *_failures(summary.failures, setting)]
    if summary.restores:
        failed = f"; {summary.restores_failed} of them failed or failed in part" if summary.restores_failed else ""
        ended = counted(summary.restores, "restore or migration has", "restores and migrations have")
        blocks.append(Para(f"{ended} ended{failed}."))
    if not summary.tasks:
        blocks.append(Para("Nothing was backed up. If that is not meant, look at the schedule of the tasks on Home."))
    files = (("summary.csv", _table(summary)),)
    return whole(f"{span} summary: {verdict}", blocks, setting, is_bad=is_bad, files=files)


def _verdict(failing: int, late: int, runs: int, restores_failed: int) -> str:
    said = []
    if failing:
        said.append(f"{counted(failing, 'account', 'accounts')} {'needs' if failing == 1 else 'need'} attention")
    if late:
        said.append(f"{counted(late, 'task', 'tasks')} overdue")
    if restores_failed:
        said.append(f"{counted(restores_failed, 'restore', 'restores')} failed")
    if said:
        return ", ".join(said)
    return f"all {counted(runs, 'backup', 'backups')} well" if runs else "no backup ran"


def _row(line: TaskLine, setting: Setting) -> tuple[str, ...]:
    numbers = (line.completed, line.partial, line.failed, line.added)
    return (line.name, *(number_words(number) for number in numbers), size_words(line.stored))


def _failures(some: Sequence[FailureLine], setting: Setting) -> list[Block]:
    blocks: list[Block] = []
    groups: dict[str, list[FailureLine]] = {}
    for one in some:
        groups.setdefault(one.code, []).append(one)
    for code, those in sorted(groups.items(), key=lambda pair: -len(pair[1])):
        words = words_for(code, those[0].facts if len(those) == 1 else {})
        lines = [
            f"{one.account} ({one.service})"
            + (f" – {one.task}" if one.task else "")
            + f", {counted(one.times, 'time')} since {setting.moment(one.since)}"
            for one in those
        ]
        blocks += [Para(f"{words.title}. {words.what} What to do: {words.remedy}"), *points(lines)]
    return blocks


def _table(summary: Summary) -> str:
    """Both tables for a spreadsheet; what would be taken for a formula there is quoted."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(("kind", "task", "account", "service", "completed", "partial", "failed", "added", "stored_bytes",
                    "reason", "times", "since"))  # fmt: skip
    for line in summary.tasks:
        table.writerow(("task", _cell(line.name), "", "", line.completed, line.partial, line.failed, line.added,
                        line.stored, "", "", ""))  # fmt: skip
    for one in summary.failures:
        since = datetime.fromtimestamp(one.since, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        table.writerow(("failure", _cell(one.task), _cell(one.account), one.service, "", "", "", "", "", one.code,
                        one.times, since))  # fmt: skip
    return out.getvalue()


def _cell(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
