"""Made-up happenings, for a look at a kind of notice before anything of it has happened."""

from collections.abc import Mapping, Sequence
from typing import Final

from saasbackup_desktop.app.notices.happenings import Happening
from saasbackup_desktop.app.notices.views import Kind
from saasbackup_desktop.app.words.letters.summary import FailureLine, Summary, TaskLine
from saasbackup_desktop.core.ids import TaskId

TASK: Final = TaskId("0123456789ab")
TASK_NAME: Final = "Nightly"


def examples(kind: Kind, now: int) -> Sequence[Happening]:
    """What a notice of a kind could be about; of the summary, none."""
    made = {
        Kind.COMPLETED: [_job(kind, now, "completed", state="done", added=12, changed=3, removed=1)],
        Kind.EXCEPTIONS: [
            _job(kind, now, "failed", code="sign-in-needed", fact_host="imap.example.org", since=now - 300, times=1)
        ],
        Kind.RECOVERY: [
            _job(
                kind, now, "restored", kind_of="restore", state="done", by="person", done=1240, verified=1240,
                integrity="proven",
                to="office", conflict="non-destructive", folder="Restored 2026-03-01", bytes=73_400_320, added=1240,
            )
        ],
        Kind.DISCOVERY: [
            Happening(
                key="example", time=now, kinds=(kind,), what="found", connection="northwind",
                facts={"tenant": "northwind", "added": 2, "gone": 1, "activated": 2, "deactivated": 0, "listed": 2},
                names=("ada@example.org", "bob@example.org", "ada@example.org", "bob@example.org"),
            )
        ],
        Kind.ALERTS: [
            Happening(
                key="example", time=now, kinds=(kind,), what="alert", is_bad=True,
                facts={"alert": "mass-deletion", "account": "ada@example.org", "service": "mail", "count": 4210,
                       "of": 9800, "usual": 14, "good": now - 86400, "holding": 1},
            )
        ],
        Kind.DRILLS: [
            _job(
                kind, now, "proof", kind_of="drill", state="done", outcome="proven", read=50, matched=50, missing=0,
                damaged=0, proven=now,
            )
        ],
        Kind.SECURITY: [
            Happening(
                key="example", time=now, kinds=(kind,), what="changed",
                facts={"change": "retention-changed", "item": "", "who": "ada@workstation"},
            )
        ],
        Kind.ADMIN: [
            Happening(
                key="example", time=now, kinds=(kind,), what="expires", is_bad=True, connection="northwind",
                facts={"tenant": "northwind", "expires": now + 7 * 86400, "days": 7},
            )
        ],
    }  # fmt: skip
    return made.get(kind, [])


def example_summary(now: int) -> Summary:
    """A summary of a day."""
    task = TaskLine(
        name=TASK_NAME, completed=41, partial=1, failed=1, added=5120, stored=734_003_200, next_run=now + 36_000
    )
    failure = FailureLine(
        account="ada@example.org",
        service="mail",
        task=TASK_NAME,
        code="sign-in-needed",
        facts={"host": "imap.example.org"},
        since=now - 40_000,
        times=3,
    )
    return Summary(since=now - 86400, until=now, tasks=[task], failures=[failure], restores=1)


def _job(kind: Kind, now: int, what: str, kind_of: str = "backup", **more: str | int) -> Happening:
    facts: Mapping[str, str | int] = {
        "job": "3f2a9c0d1e4b", "kind": kind_of, "state": "failed", "code": "", "account": "ada@example.org",
        "service": "mail", "started": now - 300, "finished": now, "by": "schedule", "done": 0, "bytes": 0, "added": 0,
        "changed": 0, "removed": 0, "skipped": 0, "verified": 0, "failed": 0,
    }  # fmt: skip
    facts = {**facts, **more}
    task = TASK if facts["by"] == "schedule" else ""
    return Happening(key="example", time=now, kinds=(kind,), what=what, is_bad=what == "failed", task=task, facts=facts)
