"""Letters: what happened, why, what to do, and when it goes on, in words a person can act on."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from saasbackup_desktop.app.notices.happenings import Happening
from saasbackup_desktop.app.notices.views import Kind
from saasbackup_desktop.app.words.letters.alerts import alert
from saasbackup_desktop.app.words.letters.conduct import changed, undelivered
from saasbackup_desktop.app.words.letters.delays import on_time, overdue
from saasbackup_desktop.app.words.letters.endings import completed, restored
from saasbackup_desktop.app.words.letters.failures import failed, fine, partial, retrying, still
from saasbackup_desktop.app.words.letters.proofs import proof
from saasbackup_desktop.app.words.letters.setting import Setting
from saasbackup_desktop.app.words.letters.tenants import connected, cut_off, expires, found
from saasbackup_desktop.app.words.notices import KINDS
from saasbackup_desktop.providers.notify.letter import Block, Facts, Head, Letter, Para

Teller = Callable[[Sequence[Happening], Setting], tuple[str, list[Block]]]
TELLERS: Final[Mapping[str, Teller]] = {
    "alert": alert,
    "failed": failed,
    "retrying": retrying,
    "partial": partial,
    "still": still,
    "overdue": overdue,
    "cut-off": cut_off,
    "undelivered": undelivered,
    "restored": restored,
    "proof": proof,
    "expires": expires,
    "changed": changed,
    "found": found,
    "fine": fine,
    "on-time": on_time,
    "connected": connected,
    "completed": completed,
}
"""By what happened, the gravest first."""


def letter_of(some: Sequence[Happening], kind: Kind, setting: Setting) -> Letter:
    """Put happenings of one kind into a letter."""
    subject, blocks = _told(some, setting)
    return whole(subject, blocks, setting, is_bad=any(one.is_bad for one in some))


def digest_of(
    by_kind: Mapping[Kind, Sequence[Happening]], summary: Letter | None, span: str, setting: Setting
) -> Letter:
    """Put happenings of several kinds, and a summary, into one letter. ``span``: ``Daily``, ``Weekly``, ``Monthly``."""
    if summary is not None and not by_kind:
        return summary
    blocks: list[Block] = list(summary.blocks[:-1]) if summary is not None else []
    counts = []
    for kind in sorted(
        by_kind, key=lambda kind: (not any(one.is_bad for one in by_kind[kind]), list(Kind).index(kind))
    ):
        some = by_kind[kind]
        _, told = _told(some, setting)
        blocks += [Head(KINDS[kind][0]), *told]
        counts.append(f"{KINDS[kind][0].lower()} {len(some)}")
    is_bad = any(one.is_bad for some in by_kind.values() for one in some) or (summary is not None and summary.is_bad)
    subject = summary.subject if summary is not None else f"{span} notices: {', '.join(counts)}"
    files = summary.files if summary is not None else ()
    return whole(subject, _each_once(blocks), setting, is_bad=is_bad, files=files)


def trial_letter(name: str, setting: Setting, now: int) -> Letter:
    """Say that notices arrive."""
    blocks: list[Block] = [
        Para("This is a test. If you can read it, notices arrive here."),
        Facts((("Recipient", name), ("Sent", setting.moment(now)))),
        Para("Nothing needs doing. What you are told of, and when, is set under Settings, Notices."),
    ]
    return whole("Test of notices", blocks, setting, is_bad=False)


def whole(
    subject: str,
    blocks: Iterable[Block],
    setting: Setting,
    *,
    is_bad: bool,
    files: tuple[tuple[str, str], ...] = (),
) -> Letter:
    """Make a letter, with where it comes from at its foot."""
    foot = Para(f"Sent by SaaS Backup Desktop on {setting.host}. Whom it tells of what: Settings, Notices.")
    return Letter(subject=subject, blocks=(*blocks, foot), is_bad=is_bad, files=files)


def _told(some: Sequence[Happening], setting: Setting) -> tuple[str, list[Block]]:
    """Subject and blocks: each way of putting it once, the gravest first."""
    order = [name for name in TELLERS if any(one.what == name for one in some)]
    parts = [(name, [one for one in some if one.what == name]) for name in order]
    told = [TELLERS[name](those, setting) for name, those in parts]
    blocks: list[Block] = []
    for subject, those in told:
        blocks += [Head(subject), *those] if len(told) > 1 else those
    rest = sum(len(those) for _, those in parts[1:])
    said = told[0][0]
    return (f"{said} (and {rest} more)" if rest else said), [*blocks, *_next(some, setting)]


def _next(some: Sequence[Happening], setting: Setting) -> list[Block]:
    runs = {one.task: setting.next_runs[one.task] for one in some if one.task in setting.next_runs}
    lines = [f"“{setting.task(task)}” runs next on {setting.moment(moment)}." for task, moment in runs.items()]
    return [Para(" ".join(lines))] if lines else []


def _each_once(blocks: Sequence[Block]) -> list[Block]:
    """Leave a paragraph out that comes again further below: when something runs next, for example."""
    return [one for place, one in enumerate(blocks) if not (isinstance(one, Para) and one in blocks[place + 1 :])]
