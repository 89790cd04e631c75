"""What the blocks of letters have in common: whose job it was, its facts, lists of lines."""

from collections.abc import Sequence
from typing import Final

from saasbackup_desktop.app.notices.happenings import Happening
from saasbackup_desktop.app.words.faults import words_for
from saasbackup_desktop.app.words.letters.figures import capital, number_words
from saasbackup_desktop.app.words.letters.setting import Setting
from saasbackup_desktop.providers.notify.letter import Block, Facts, Grid, Para, Points

MOST: Final = 200
"""Lines of one list; further ones are counted."""
_JOBS: Final = {
    "backup": "backup",
    "import": "import",
    "restore": "restore",
    "migrate": "migration",
    "check": "check of the vault",
    "prune": "clean-up of the vault",
    "discard": "deletion",
    "mirror": "copy of the vault",
    "drill": "restore drill",
    "reinstate": "directory restore",
    "export": "download",
}


def owner_of(one: Happening) -> str:
    """Whose job it was: an account with its service, or where a copy goes."""
    address, service = str(one.facts.get("account", "")), str(one.facts.get("service", ""))
    if address:
        return f"{address} ({service})" if service else address
    return str(one.facts.get("to", "")) if one.facts.get("kind") == "mirror" else ""


def job_of(one: Happening) -> str:
    """What a job is called inside a sentence."""
    return _JOBS.get(str(one.facts.get("kind", "")), "job")


def noun_for(some: Sequence[Happening], *, plural: bool = False) -> str:
    """What these jobs are called together."""
    jobs = {job_of(one) for one in some}
    noun = jobs.pop() if len(jobs) == 1 and jobs <= {"backup", "restore drill"} else "job"
    return f"{noun}s" if plural else noun


def line_of(one: Happening, setting: Setting) -> str:
    """A happening in one line: whose, and of which task."""
    whose = owner_of(one) or capital(job_of(one))
    task = setting.task(one.task)
    return f"{whose} – {task}" if task else whose


def task_of(one: Happening, setting: Setting) -> str:
    """A task's name in a sentence."""
    return setting.task(one.task) or str(one.facts.get("name", "")) or "without a name"


def job_facts(one: Happening, setting: Setting, more: tuple[tuple[str, str], ...] = ()) -> Facts:
    """The facts of one job; ``more`` stands among them."""
    rows = (
        ("Task", setting.task(one.task) or ("by hand" if one.facts.get("by") == "person" else "")),
        ("Account", str(one.facts.get("account", ""))),
        ("Service", str(one.facts.get("service", "")).capitalize()),
        ("Began", setting.moment(int(one.facts["started"])) if one.facts.get("started") else ""),
        *more,
        ("Attempts", str(one.facts["attempt"]) if int(one.facts.get("attempt", 1)) > 1 else ""),
        ("Job", str(one.facts.get("job", ""))),
    )
    return Facts(tuple((name, value) for name, value in rows if value))


def points(lines: Sequence[str], total: int | None = None) -> list[Block]:
    """A list of lines; of very many, the first and how many more."""
    shown = tuple(lines[:MOST])
    more = (total if total is not None else len(lines)) - len(shown)
    return [Points(shown), *([Para(f"and {number_words(more)} more.")] if more > 0 else [])]


def own_facts(one: Happening) -> dict[str, str | int]:
    """The facts of the fault itself."""
    return {name.removeprefix("fact_"): value for name, value in one.facts.items() if name.startswith("fact_")}


def common_facts(some: Sequence[Happening]) -> dict[str, str | int]:
    """Facts that all of them share."""
    first, *rest = (own_facts(one) for one in some)
    return {name: value for name, value in first.items() if all(other.get(name) == value for other in rest)}


def failures_by_folder(one: Happening) -> list[Block]:
    """What failed in which folder, and why; nothing if nothing did."""
    rows = tuple(
        (folder or "(top)", words_for(code).title, number_words(count)) for folder, code, count in one.failures
    )
    return [Grid(("Folder", "Reason", "Items"), rows)] if rows else []
