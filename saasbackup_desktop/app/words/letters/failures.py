"""Letters about jobs that failed, or failed in part, and that are fine again."""

from collections.abc import Sequence

from saasbackup_desktop.app.notices.happenings import Happening
from saasbackup_desktop.app.words.faults import words_for
from saasbackup_desktop.app.words.letters.figures import capital, counted
from saasbackup_desktop.app.words.letters.parts import (
    MOST,
    common_facts,
    failures_by_folder,
    job_facts,
    job_of,
    line_of,
    noun_for,
    own_facts,
    owner_of,
    points,
)
from saasbackup_desktop.app.words.letters.setting import Setting
from saasbackup_desktop.providers.notify.letter import Block, Head, Para, Points


def failed(some: Sequence[Happening], setting: Setting) -> tuple[str, list[Block]]:
    """Jobs that failed."""
    if len(some) == 1:
        return _one_failed(some[0], setting)
    groups: dict[str, list[Happening]] = {}
    for one in some:
        groups.setdefault(str(one.facts["code"]), []).append(one)
    blocks: list[Block] = []
    titles = []
    for code, those in sorted(groups.items(), key=lambda pair: -len(pair[1])):
        words = words_for(code, common_facts(those))
        titles.append(words.title)
        blocks += [
            Head(f"{words.title}: {counted(len(those), noun_for(those))}"),
            Para(words.what),
            Para(f"What to do: {words.remedy}"),
            *points([line_of(one, setting) for one in those]),
        ]
    what = noun_for(some, plural=True)
    subject = f"{len(some)} {what} failed: {titles[0]}" + (
        f" and {counted(len(titles) - 1, 'more reason')}" if titles[1:] else ""
    )
    lead = f"{len(some)} {what} failed. What was saved before stays as it is."
    return subject, [Para(lead), *blocks]


def _one_failed(one: Happening, setting: Setting) -> tuple[str, list[Block]]:
    words = words_for(str(one.facts["code"]), own_facts(one))
    whose = owner_of(one)
    job = job_of(one)
    link = "to" if one.facts.get("kind") == "mirror" else "of"
    lead = f"The {job}{f' {link} {whose}' if whose else ''} failed on {setting.moment(one.time)}."
    blocks: list[Block] = [
        Para(f"{lead} {words.what}"),
        Para(f"What to do: {words.remedy}"),
        job_facts(one, setting, (("Since", _since(one, setting)),)),
    ]
    return f"{capital(job)} failed{f': {whose}' if whose else ''} – {words.title}", blocks


def partial(some: Sequence[Happening], setting: Setting) -> tuple[str, list[Block]]:
    """Backups of which items could not be saved, and checks that found damage."""
    blocks: list[Block] = []
    if any(one.facts.get("kind") == "check" for one in some):
        words = words_for("vault-damaged")
        blocks += [Para(f"A check found damage in the vault. {words.what}"), Para(f"What to do: {words.remedy}")]
        some = [one for one in some if one.facts.get("kind") != "check"]
        if not some:
            return "Damage found in the vault", blocks
    total = sum(int(one.facts.get("failed", 0)) for one in some)
    lead = (
        f"{counted(total, 'item')} could not be saved in {counted(len(some), 'backup')}. All others are saved, and the "
        "next run tries the failed ones first, by itself."
    )
    blocks.append(Para(lead))
    for one in some[:MOST]:
        blocks.append(Head(line_of(one, setting)))
        blocks += failures_by_folder(one)
        if one.names:
            blocks.append(Points(one.names))
    remedies = dict.fromkeys(code for one in some for _, code, _ in one.failures)
    blocks += [Para(f"What to do – {words_for(code).title.lower()}: {words_for(code).remedy}") for code in remedies]
    if len(some) > MOST:
        blocks.append(Para(f"{len(some) - MOST} more are listed on the page Jobs."))
    blocks.append(Para("Each item with its reason is listed on the page Jobs; there it can be retried or skipped."))
    if len(some) == 1:
        subject = f"Backup partially completed: {owner_of(some[0])} – {counted(total, 'item')} failed"
    else:
        subject = f"{len(some)} backups partially completed – {counted(total, 'item')} failed"
    return ("Damage found in the vault" if blocks[0] != Para(lead) else subject), blocks


def retrying(some: Sequence[Happening], setting: Setting) -> tuple[str, list[Block]]:
    """Jobs that failed and are tried again."""
    subject, blocks = failed(some, setting)
    one = some[0]
    due = int(one.facts.get("due", 0))
    again = f" The next attempt begins on {setting.moment(due)}." if due else ""
    blocks.append(Para(f"It is tried again by itself, with growing waits.{again}"))
    return subject.replace(" failed", " does not get through", 1), blocks


def still(some: Sequence[Happening], setting: Setting) -> tuple[str, list[Block]]:
    """What has been failing for long."""
    blocks: list[Block] = [Para("What follows has been failing for more than a day, and needs somebody.")]
    for code in dict.fromkeys(str(one.facts["code"]) for one in some):
        those = [one for one in some if str(one.facts["code"]) == code]
        words = words_for(code, common_facts(those))
        lines = [
            f"{line_of(one, setting)}: {counted(int(one.facts['times']), 'time')} "
            f"since {setting.moment(int(one.facts['since']))}"
            for one in those
        ]
        blocks += [Para(f"{words.title}. {words.what}"), *points(lines), Para(f"What to do: {words.remedy}")]
    if len(some) == 1:
        subject = f"Still failing: {owner_of(some[0]) or job_of(some[0])} ({some[0].facts['times']} times)"
    else:
        subject = f"Still failing: {counted(len(some), noun_for(some))}"
    return subject, blocks


def fine(some: Sequence[Happening], setting: Setting) -> tuple[str, list[Block]]:
    """What failed before and works again."""
    lines = []
    for one in some:
        times, since = int(one.facts["times"]), setting.moment(int(one.facts["since"]))
        lines.append(
            f"{line_of(one, setting)}: completed on {setting.moment(one.time)}, "
            f"after {counted(times, 'failure')} since {since}."
        )
    if len(some) == 1:
        subject = f"Fine again: {owner_of(some[0]) or job_of(some[0])}"
    else:
        subject = f"Fine again: {counted(len(some), noun_for(some))}"
    return subject, [Para("What failed before works again. Nothing needs doing."), *points(lines)]


def _since(one: Happening, setting: Setting) -> str:
    times = int(one.facts.get("times", 1))
    return f"{setting.moment(int(one.facts['since']))} ({times} times)" if times > 1 else ""
