"""Letters about jobs that came to their end: backups, restores, migrations and downloads."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from saasbackup_desktop.app.notices.happenings import Happening
from saasbackup_desktop.app.words.faults import words_for
from saasbackup_desktop.app.words.letters.figures import (
    capital,
    number_words,
    number_words_if_any,
    size_words,
    span_words,
)
from saasbackup_desktop.app.words.letters.parts import (
    MOST,
    failures_by_folder,
    job_facts,
    job_of,
    noun_for,
    own_facts,
    owner_of,
)
from saasbackup_desktop.app.words.letters.setting import Setting
from saasbackup_desktop.app.words.reports import INTEGRITY
from saasbackup_desktop.app.words.states import CONFLICTS
from saasbackup_desktop.core.model import Conflict
from saasbackup_desktop.providers.notify.letter import Block, Facts, Grid, Head, Para

_BY: Final = {"person": "a person", "schedule": "the schedule", "rule": "a rule"}


def completed(some: Sequence[Happening], setting: Setting) -> tuple[str, list[Block]]:
    """Jobs without a failure."""
    if len(some) == 1:
        one = some[0]
        rows = (
            ("Finished", setting.moment(one.time)),
            ("Duration", span_words(int(one.facts["finished"]) - int(one.facts["started"]))),
            ("Added", number_words(int(one.facts["added"]))),
            ("Changed", number_words(int(one.facts["changed"]))),
            ("Removed", number_words(int(one.facts["removed"]))),
        )
        whose = owner_of(one)
        lead = f"The {job_of(one)}{f' of {whose}' if whose else ''} came to its end without a failure."
        subject = f"{capital(job_of(one))} completed{f': {whose}' if whose else ''}"
        return subject, [Para(lead), job_facts(one, setting, rows)]
    table = tuple(
        (owner_of(one) or capital(job_of(one)), setting.moment(one.time), number_words(int(one.facts["added"])))
        for one in some[:MOST]
    )
    blocks: list[Block] = [
        Para(f"{len(some)} {noun_for(some, plural=True)} came to their end without a failure."),
        Grid(("Account", "Finished", "Added"), table),
    ]
    if len(some) > MOST:
        blocks.append(Para(f"{len(some) - MOST} more are listed on the page Jobs."))
    return f"{len(some)} {noun_for(some, plural=True)} completed", blocks


def restored(some: Sequence[Happening], setting: Setting) -> tuple[str, list[Block]]:
    """What came of restores, migrations and downloads."""
    blocks: list[Block] = []
    for one in some:
        if len(some) > 1:
            blocks.append(Head(owner_of(one)))
        blocks += _confirmation(one, setting)
    one = some[0]
    if len(some) == 1:
        is_ready = one.facts["kind"] == "export" and one.facts["state"] == "done"
        return f"{capital(job_of(one))} {'is ready' if is_ready else _ended(one)}: {owner_of(one)}", blocks
    if all(each.facts["kind"] == "export" for each in some):
        return f"{len(some)} downloads ended", blocks
    return f"{len(some)} restores and migrations ended", blocks


def _ended(one: Happening) -> str:
    return {"done": "completed", "partial": "partially completed", "failed": "failed", "stopped": "cancelled"}.get(
        str(one.facts["state"]), "ended"
    )


def _confirmation(one: Happening, setting: Setting) -> list[Block]:
    facts = one.facts
    state = str(facts["state"])
    job = job_of(one)
    proven = INTEGRITY.get(str(facts.get("integrity", "")), "")
    leads = {
        "done": "The download is ready." if facts["kind"] == "export" else f"The {job} is complete. {proven}".rstrip(),
        "partial": f"The {job} came to its end, but some items failed.",
        "failed": f"The {job} failed.",
        "stopped": f"The {job} was cancelled. What was written before stays.",
    }
    lead = leads.get(state, f"The {job} ended.")
    blocks: list[Block] = [Para(lead)]
    if state == "failed":
        words = words_for(str(facts["code"]), own_facts(one))
        blocks = [Para(f"{lead} {words.what}"), Para(f"What to do: {words.remedy}")]
    conflict = str(facts.get("conflict", ""))
    how = CONFLICTS[Conflict(conflict)][0] if conflict else ""
    point = _point(str(facts.get("point", "")), setting)
    rows = (
        ("What", owner_of(one)),
        ("As of", point),
        ("To", str(facts.get("to", ""))),
        ("Into", str(facts.get("folder", "")) or ("the original folders" if facts.get("conflict") else "")),
        ("File or folder", str(facts.get("file", ""))),
        ("How", how),
        ("Written", number_words(int(facts["added"]) + int(facts["changed"]))),
        ("Read back and equal", number_words(int(facts["verified"]))),
        ("Already there", number_words(int(facts["skipped"]))),
        ("Found after an interruption, equal", number_words_if_any(int(facts.get("read_again", 0)))),
        ("Found after an interruption, not proven", number_words_if_any(int(facts.get("unread", 0)))),
        ("Failed", number_words(int(facts["failed"]))),
        ("Size", size_words(int(facts["bytes"]))),
        ("Began", setting.moment(int(facts["started"]))),
        ("Ended", setting.moment(int(facts["finished"]))),
        ("Duration", span_words(int(facts["finished"]) - int(facts["started"]))),
        ("Asked for by", str(facts.get("who", "")) or _BY.get(str(facts["by"]), str(facts["by"]))),
        ("Job", str(facts["job"])),
    )
    blocks.append(Facts(tuple((name, value) for name, value in rows if value)))
    if one.failures:
        blocks += failures_by_folder(one)
        blocks.append(
            Para("What to do: open the job on the page Jobs and retry the failed items; nothing is written twice.")
        )
    return blocks


def _point(snapshot: str, setting: Setting) -> str:
    try:
        return setting.moment(int(datetime.strptime(snapshot[:16] + "+0000", "%Y%m%dT%H%M%SZ%z").timestamp()))
    except ValueError:
        return ""
