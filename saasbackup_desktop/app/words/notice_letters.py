"""Letters: what happened, why, what to do, and when it goes on, in words a person can act on."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Final

from saasbackup_desktop.app.notices.happenings import Happening
from saasbackup_desktop.app.notices.views import Kind
from saasbackup_desktop.app.words.activity import DEEDS
from saasbackup_desktop.app.words.faults import words_for
from saasbackup_desktop.app.words.moments import MONTHS
from saasbackup_desktop.app.words.notices import KINDS
from saasbackup_desktop.app.words.reports import INTEGRITY
from saasbackup_desktop.app.words.states import CONFLICTS, label
from saasbackup_desktop.core.model import Conflict
from saasbackup_desktop.providers.notify.letter import Block, Facts, Grid, Head, Letter, Para, Points

_MOST: Final = 200
"""Lines of one list; further ones are counted."""
_UNITS: Final = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
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
_BY: Final = {"person": "a person", "schedule": "the schedule", "rule": "a rule"}
_ALERTS: Final = {
    "mass-deletion": ("Mass deletion", "Far more items than usual were deleted."),
    "mass-change": ("Mass change", "Far more items than usual were changed."),
    "encrypted-content": ("Content that looks encrypted", "Many items now hold content that looks encrypted."),
}
_MISSED: Final = {
    "blackout": "it fell into blackout hours",
    "battery": "the computer ran on battery",
    "metered": "the network is paid by volume",
    "off": "the computer was off",
    "asleep": "the computer slept",
    "no-agent": "the program that starts backups was not running",
    "locked": "the vault was locked",
    "no-answer": "nothing that it covers could be reached",
    "busy": "the run before it was still at work",
}
_OVERDUE_HELP: Final = {
    "no-agent": "Install the agent as a service, so that it always runs: “saasbackup agent install”.",
    "locked": "Open the vault, or let this computer open it by itself: Settings, Opening and locking.",
    "off": "It is made up for as soon as the computer is on again. Choose another hour if it is often off.",
    "asleep": "It is made up for when the computer wakes. Choose another hour if it often sleeps then.",
    "battery": "Plug the computer in, or allow backups on battery: Settings, Schedule and network.",
    "metered": "Connect to another network, or allow backups on metered networks: Settings, Schedule and network.",
    "blackout": "Change the hour of the task or the blackout hours: Settings, Schedule and network.",
}
_PROOFS: Final = {
    "proven": "was proven restorable",
    "incomplete": "is not complete: the source has items that the vault has not",
    "damaged": "could not be restored as it was stored",
    "unreachable": "was read back from the vault, but its source could not be asked",
    "": "could not be carried out",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What words need to know besides."""

    zone: tzinfo
    host: str
    """The computer's name."""
    task_names: Mapping[str, str] = field(default_factory=dict)
    next_runs: Mapping[str, int] = field(default_factory=dict)
    """By task."""

    def moment(self, value: int) -> str:
        """``21 November 2026, 08:12``."""
        found = datetime.fromtimestamp(value, self.zone)
        return f"{found.day} {MONTHS[found.month - 1]} {found.year}, {found.hour:02}:{found.minute:02}"

    def task(self, id: str) -> str:
        """A task's name."""
        return self.task_names.get(id, "")


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
    order = [name for name in _TELLERS if any(one.what == name for one in some)]
    parts = [(name, [one for one in some if one.what == name]) for name in order]
    told = [_TELLERS[name](those, setting) for name, those in parts]
    blocks: list[Block] = []
    for subject, those in told:
        blocks += [Head(subject), *those] if len(told) > 1 else those
    rest = sum(len(those) for _, those in parts[1:])
    said = told[0][0]
    return (f"{said} (and {rest} more)" if rest else said), [*blocks, *_next(some, setting)]


# --- failures ------------------------------------------------------------------------------------------------


def _failed(some: Sequence[Happening], setting: Setting) -> tuple[str, list[Block]]:
    if len(some) == 1:
        return _one_failed(some[0], setting)
    groups: dict[str, list[Happening]] = {}
    for one in some:
        groups.setdefault(str(one.facts["code"]), []).append(one)
    blocks: list[Block] = []
    titles = []
    for code, those in sorted(groups.items(), key=lambda pair: -len(pair[1])):
        words = words_for(code, _common(those))
        titles.append(words.title)
        blocks += [
            Head(f"{words.title}: {counted(len(those), _noun(those))}"),
            Para(words.what),
            Para(f"What to do: {words.remedy}"),
            *_list([_line(one, setting) for one in those]),
        ]
    what = _noun(some, plural=True)
    subject = f"{len(some)} {what} failed: {titles[0]}" + (
        f" and {counted(len(titles) - 1, 'more reason')}" if titles[1:] else ""
    )
    lead = f"{len(some)} {what} failed. What was saved before stays as it is."
    return subject, [Para(lead), *blocks]


def _one_failed(one: Happening, setting: Setting) -> tuple[str, list[Block]]:
    words = words_for(str(one.facts["code"]), _own(one))
    whose = _whose(one)
    job = _job(one)
    link = "to" if one.facts.get("kind") == "mirror" else "of"
    lead = f"The {job}{f' {link} {whose}' if whose else ''} failed on {setting.moment(one.time)}."
    blocks: list[Block] = [
        Para(f"{lead} {words.what}"),
        Para(f"What to do: {words.remedy}"),
        _facts(one, setting, (("Since", _since(one, setting)),)),
    ]
    return f"{_capital(job)} failed{f': {whose}' if whose else ''} – {words.title}", blocks


def _partial(some: Sequence[Happening], setting: Setting) -> tuple[str, list[Block]]:
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
    for one in some[:_MOST]:
        blocks.append(Head(_line(one, setting)))
        if one.failures:
            rows = tuple(
                (folder or "(top)", words_for(code).title, _number(count)) for folder, code, count in one.failures
            )
            blocks.append(Grid(("Folder", "Reason", "Items"), rows))
        if one.names:
            blocks.append(Points(one.names))
    remedies = dict.fromkeys(code for one in some for _, code, _ in one.failures)
    blocks += [Para(f"What to do – {words_for(code).title.lower()}: {words_for(code).remedy}") for code in remedies]
    if len(some) > _MOST:
        blocks.append(Para(f"{len(some) - _MOST} more are listed on the page Jobs."))
    blocks.append(Para("Each item with its reason is listed on the page Jobs; there it can be retried or skipped."))
    if len(some) == 1:
        subject = f"Backup partially completed: {_whose(some[0])} – {counted(total, 'item')} failed"
    else:
        subject = f"{len(some)} backups partially completed – {counted(total, 'item')} failed"
    return ("Damage found in the vault" if blocks[0] != Para(lead) else subject), blocks


def _retrying(some: Sequence[Happening], setting: Setting) -> tuple[str, list[Block]]:
    subject, blocks = _failed(some, setting)
    one = some[0]
    due = int(one.facts.get("due", 0))
    again = f" The next attempt begins on {setting.moment(due)}." if due else ""
    blocks.append(Para(f"It is tried again by itself, with growing waits.{again}"))
    return subject.replace(" failed", " does not get through", 1), blocks


def _still(some: Sequence[Happening], setting: Setting) -> tuple[str, list[Block]]:
    blocks: list[Block] = [Para("What follows has been failing for more than a day, and needs somebody.")]
    for code in dict.fromkeys(str(one.facts["code"]) for one in some):
        those = [one for one in some if str(one.facts["code"]) == code]
        words = words_for(code, _common(those))
        lines = [
            f"{_line(one, setting)}: {counted(int(one.facts['times']), 'time')} "
            f"since {setting.moment(int(one.facts['since']))}"
            for one in those
        ]
        blocks += [Para(f"{words.title}. {words.what}"), *_list(lines), Para(f"What to do: {words.remedy}")]
    if len(some) == 1:
        subject = f"Still failing: {_whose(some[0]) or _job(some[0])} ({some[0].facts['times']} times)"
    else:
        subject = f"Still failing: {counted(len(some), _noun(some))}"
    return subject, blocks


def _fine(some: Sequence[Happening], setting: Setting) -> tuple[str, list[Block]]:
    lines = []
    for one in some:
        times, since = int(one.facts["times"]), setting.moment(int(one.facts["since"]))
        lines.append(
            f"{_line(one, setting)}: completed on {setting.moment(one.time)}, "
            f"after {counted(times, 'failure')} since {since}."
        )
    if len(some) == 1:
        subject = f"Fine again: {_whose(some[0]) or _job(some[0])}"
    else:
        subject = f"Fine again: {counted(len(some), _noun(some))}"
    return subject, [Para("What failed before works again. Nothing needs doing."), *_list(lines)]


def _overdue(some: Sequence[Happening], setting: Setting) -> tuple[str, list[Block]]:
    blocks: list[Block] = []
    for one in some:
        why = str(one.facts.get("why", ""))
        missed = int(one.facts.get("times", 1))
        since = setting.moment(int(one.facts["since"]))
        reason = f" Why: {_MISSED[why]}." if why in _MISSED else ""
        blocks.append(
            Para(
                f"The task “{_task(one, setting)}” should have run on {since}.{reason} {counted(missed, 'run')} missed."
            )
        )
        if why in _OVERDUE_HELP:
            blocks.append(Para(f"What to do: {_OVERDUE_HELP[why]}"))
    names = ", ".join(f"“{_task(one, setting)}”" for one in some[:3])
    return f"Backup overdue: {names}" + (f" and {len(some) - 3} more" if len(some) > 3 else ""), blocks


def _on_time(some: Sequence[Happening], setting: Setting) -> tuple[str, list[Block]]:
    lines = [f"“{_task(one, setting)}”, overdue since {setting.moment(int(one.facts['since']))}" for one in some]
    names = ", ".join(f"“{_task(one, setting)}”" for one in some[:3])
    return f"No longer overdue: {names}", [Para("These tasks have run again:"), *_list(lines)]


def _cut_off(some: Sequence[Happening], setting: Setting) -> tuple[str, list[Block]]:
    blocks: list[Block] = []
    for one in some:
        words = words_for(str(one.facts["code"]), {"reason": str(one.facts["code"])})
        blocks += [
            Para(
                f"The tenant “{one.facts['tenant']}” is not connected since "
                f"{setting.moment(int(one.facts['since']))}: "
                f"its accounts are not backed up. {words.what}"
            ),
            Para(
                "What to do: open the tenant's page, Connection: its check list says what is missing and "
                "how it is put right."
            ),
        ]
    return f"Tenant not connected: {some[0].facts['tenant']}", blocks


def _connected(some: Sequence[Happening], setting: Setting) -> tuple[str, list[Block]]:
    names = ", ".join(str(one.facts["tenant"]) for one in some)
    return f"Tenant connected again: {names}", [Para(f"Connected again: {names}. Backups go on by themselves.")]


def _undelivered(some: Sequence[Happening], setting: Setting) -> tuple[str, list[Block]]:
    blocks: list[Block] = []
    for one in some:
        words = words_for(str(one.facts["code"]), _own(one))
        blocks += [
            Para(f"A notice to “{one.facts['name']}” could not be delivered: {one.facts['subject']}. {words.what}"),
            Para(f"What to do: {words.remedy}"),
        ]
    return f"Notices do not reach {some[0].facts['name']}", blocks


# --- good news and the rest ----------------------------------------------------------------------------------


def _completed(some: Sequence[Happening], setting: Setting) -> tuple[str, list[Block]]:
    if len(some) == 1:
        one = some[0]
        rows = (
            ("Finished", setting.moment(one.time)),
            ("Duration", _span(int(one.facts["finished"]) - int(one.facts["started"]))),
            ("Added", _number(int(one.facts["added"]))),
            ("Changed", _number(int(one.facts["changed"]))),
            ("Removed", _number(int(one.facts["removed"]))),
        )
        whose = _whose(one)
        lead = f"The {_job(one)}{f' of {whose}' if whose else ''} came to its end without a failure."
        subject = f"{_capital(_job(one))} completed{f': {whose}' if whose else ''}"
        return subject, [Para(lead), _facts(one, setting, rows)]
    table = tuple(
        (_whose(one) or _capital(_job(one)), setting.moment(one.time), _number(int(one.facts["added"])))
        for one in some[:_MOST]
    )
    blocks: list[Block] = [
        Para(f"{len(some)} {_noun(some, plural=True)} came to their end without a failure."),
        Grid(("Account", "Finished", "Added"), table),
    ]
    if len(some) > _MOST:
        blocks.append(Para(f"{len(some) - _MOST} more are listed on the page Jobs."))
    return f"{len(some)} {_noun(some, plural=True)} completed", blocks


def _restored(some: Sequence[Happening], setting: Setting) -> tuple[str, list[Block]]:
    blocks: list[Block] = []
    for one in some:
        if len(some) > 1:
            blocks.append(Head(_whose(one)))
        blocks += _confirmation(one, setting)
    one = some[0]
    if len(some) == 1:
        is_ready = one.facts["kind"] == "export" and one.facts["state"] == "done"
        return f"{_capital(_job(one))} {'is ready' if is_ready else _ended(one)}: {_whose(one)}", blocks
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
    job = _job(one)
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
        words = words_for(str(facts["code"]), _own(one))
        blocks = [Para(f"{lead} {words.what}"), Para(f"What to do: {words.remedy}")]
    conflict = str(facts.get("conflict", ""))
    how = CONFLICTS[Conflict(conflict)][0] if conflict else ""
    point = _point(str(facts.get("point", "")), setting)
    rows = (
        ("What", _whose(one)),
        ("As of", point),
        ("To", str(facts.get("to", ""))),
        ("Into", str(facts.get("folder", "")) or ("the original folders" if facts.get("conflict") else "")),
        ("File or folder", str(facts.get("file", ""))),
        ("How", how),
        ("Written", _number(int(facts["added"]) + int(facts["changed"]))),
        ("Read back and equal", _number(int(facts["verified"]))),
        ("Already there", _number(int(facts["skipped"]))),
        ("Found after an interruption, equal", _if_any(int(facts.get("read_again", 0)))),
        ("Found after an interruption, not proven", _if_any(int(facts.get("unread", 0)))),
        ("Failed", _number(int(facts["failed"]))),
        ("Size", size_words(int(facts["bytes"]))),
        ("Began", setting.moment(int(facts["started"]))),
        ("Ended", setting.moment(int(facts["finished"]))),
        ("Duration", _span(int(facts["finished"]) - int(facts["started"]))),
        ("Asked for by", str(facts.get("who", "")) or _BY.get(str(facts["by"]), str(facts["by"]))),
        ("Job", str(facts["job"])),
    )
    blocks.append(Facts(tuple((name, value) for name, value in rows if value)))
    if one.failures:
        table = tuple(
            (folder or "(top)", words_for(code).title, _number(count)) for folder, code, count in one.failures
        )
        blocks.append(Grid(("Folder", "Reason", "Items"), table))
        blocks.append(
            Para("What to do: open the job on the page Jobs and retry the failed items; nothing is written twice.")
        )
    return blocks


def _proof(some: Sequence[Happening], setting: Setting) -> tuple[str, list[Block]]:
    blocks: list[Block] = []
    for one in some:
        outcome = str(one.facts.get("outcome", ""))
        rows = (
            ("Restored and compared", _number(int(one.facts.get("read", 0)))),
            ("As they were stored", _number(int(one.facts.get("matched", 0)))),
            ("Missing", _number(int(one.facts.get("missing", 0)))),
            ("Damaged", _number(int(one.facts.get("damaged", 0)))),
            ("Last proven", setting.moment(int(one.facts["proven"])) if one.facts.get("proven") else "never"),
        )
        blocks.append(Para(f"{_capital(_whose(one))} {_PROOFS.get(outcome, _PROOFS[''])}."))
        if not outcome:
            words = words_for(str(one.facts["code"]), _own(one))
            blocks.append(Para(f"{words.what} What to do: {words.remedy}"))
            continue
        blocks.append(Facts(rows))
        if outcome == "damaged":
            blocks.append(
                Para(
                    "What to do: run a check of the vault with repair (page Vault, Overview), "
                    "then back the account up again."
                )
            )
        if outcome == "incomplete":
            blocks.append(
                Para(
                    "What to do: back the account up now, then run the drill again. "
                    "If it stays so, look at the drill's findings."
                )
            )
    bad = sum(one.is_bad for one in some)
    if len(some) == 1:
        word = "proven" if not bad else "not proven"
        return f"Restore drill: {_whose(some[0])} {word}", blocks
    return f"Restore drills: {len(some) - bad} proven, {bad} not", blocks


def _alert(some: Sequence[Happening], setting: Setting) -> tuple[str, list[Block]]:
    blocks: list[Block] = []
    for one in some:
        title, what = _ALERTS.get(str(one.facts["alert"]), (str(one.facts["alert"]), "Something unusual was found."))
        good = int(one.facts.get("good", 0))
        usual = int(one.facts.get("usual", -1))
        rows = [
            ("Account", _whose(one)),
            ("What", title),
            ("Items", f"{_number(int(one.facts.get('count', 0)))} of {_number(int(one.facts.get('of', 0)))}"),
        ]
        if usual >= 0:
            rows.append(("Usual in a day", _number(usual)))
        rows.append(("Last good point in time", setting.moment(good) if good else "none is left"))
        hold = (
            " Nothing of this account is removed from the vault until somebody acknowledges the alert."
            if one.facts.get("holding")
            else ""
        )
        blocks += [
            Para(f"{what} This can be ransomware, an attacker, or somebody tidying up.{hold}"),
            Facts(tuple(rows)),
            Para(
                "What to do: ask the account's owner whether this was meant. "
                "If it was, acknowledge the alert. If it was not, "
                "change the account's password, and restore from the last good point in time."
            ),
        ]
    first = _ALERTS.get(str(some[0].facts["alert"]), (str(some[0].facts["alert"]), ""))[0]
    subject = f"{first}: {_whose(some[0])}" if len(some) == 1 else f"{len(some)} smart alerts: {first} and more"
    return subject, blocks


def _found(some: Sequence[Happening], setting: Setting) -> tuple[str, list[Block]]:
    blocks: list[Block] = []
    for one in some:
        facts = one.facts
        listed = int(facts["listed"])
        rows = (
            ("New accounts", _number(int(facts["added"]))),
            ("Left", _number(int(facts["gone"]))),
            ("Protected from now on", _number(int(facts["activated"]))),
            ("No longer protected", _number(int(facts["deactivated"]))),
        )
        blocks += [Para(f"A look at the directory of “{facts['tenant']}” found changes."), Facts(rows)]
        if one.names[:listed]:
            blocks += [Para("New accounts:"), *_list(list(one.names[:listed]), int(facts["added"]))]
        if one.names[listed:]:
            blocks += [Para("Protected from now on:"), *_list(list(one.names[listed:]), int(facts["activated"]))]
        if int(facts["added"]) and not int(facts["activated"]):
            blocks.append(
                Para(
                    "What to do: none of them is protected yet. Activate them on the tenant's page, "
                    "or let a rule do it."
                )
            )
    one = some[0]
    return f"Auto-discovery in {one.facts['tenant']}: {one.facts['added']} new, {one.facts['gone']} left", blocks


def _expires(some: Sequence[Happening], setting: Setting) -> tuple[str, list[Block]]:
    blocks: list[Block] = []
    for one in some:
        days, when = int(one.facts["days"]), setting.moment(int(one.facts["expires"]))
        runs_out = f"runs out in {counted(days, 'day')}, on {when}" if days else f"runs out on {when}"
        blocks += [
            Para(
                f"What “{one.facts['tenant']}” is signed in to with {runs_out}. "
                "From then on nothing there is backed up."
            ),
            Para("What to do: renew it on the tenant's page, Connection. A certificate takes one click."),
        ]
    return f"Credential runs out: {some[0].facts['tenant']}", blocks


def _changed(some: Sequence[Happening], setting: Setting) -> tuple[str, list[Block]]:
    rows = []
    for one in some[:_MOST]:
        item = str(one.facts.get("item", ""))
        rows.append(
            (setting.moment(one.time), label(DEEDS, str(one.facts["change"])), item, str(one.facts.get("who", "")))
        )
    first = label(DEEDS, str(some[0].facts["change"]))
    item = str(some[0].facts.get("item", ""))
    if len(some) == 1:
        subject = f"{first}: {item}" if item else first
    elif len({one.facts["change"] for one in some}) == 1:
        subject = f"{first} ({len(some)} times)"
    else:
        subject = f"{len(some)} settings changed: {first} and more"
    bad = any(one.facts["change"] == "vault-open-failed" for one in some)
    blocks: list[Block] = [Grid(("When", "What", "On", "By"), tuple(rows))]
    if bad:
        blocks.append(
            Para(
                "What to do: if nobody of yours mistyped the passphrase, somebody else tries to open the "
                "vault on this computer."
            )
        )
    blocks.append(Para("If this was not meant, look at Activity, Security audit, and put it back."))
    return subject, blocks


Teller = Callable[[Sequence[Happening], Setting], tuple[str, list[Block]]]
_TELLERS: Final[Mapping[str, Teller]] = {
    "alert": _alert,
    "failed": _failed,
    "retrying": _retrying,
    "partial": _partial,
    "still": _still,
    "overdue": _overdue,
    "cut-off": _cut_off,
    "undelivered": _undelivered,
    "restored": _restored,
    "proof": _proof,
    "expires": _expires,
    "changed": _changed,
    "found": _found,
    "fine": _fine,
    "on-time": _on_time,
    "connected": _connected,
    "completed": _completed,
}
"""By what happened, the gravest first."""


# --- pieces --------------------------------------------------------------------------------------------------


def _whose(one: Happening) -> str:
    address, service = str(one.facts.get("account", "")), str(one.facts.get("service", ""))
    if address:
        return f"{address} ({service})" if service else address
    return str(one.facts.get("to", "")) if one.facts.get("kind") == "mirror" else ""


def _job(one: Happening) -> str:
    return _JOBS.get(str(one.facts.get("kind", "")), "job")


def _noun(some: Sequence[Happening], *, plural: bool = False) -> str:
    jobs = {_job(one) for one in some}
    noun = jobs.pop() if len(jobs) == 1 and jobs <= {"backup", "restore drill"} else "job"
    return f"{noun}s" if plural else noun


def _line(one: Happening, setting: Setting) -> str:
    whose = _whose(one) or _capital(_job(one))
    task = setting.task(one.task)
    return f"{whose} – {task}" if task else whose


def _task(one: Happening, setting: Setting) -> str:
    return setting.task(one.task) or str(one.facts.get("name", "")) or "without a name"


def _facts(one: Happening, setting: Setting, more: tuple[tuple[str, str], ...] = ()) -> Facts:
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


def _since(one: Happening, setting: Setting) -> str:
    times = int(one.facts.get("times", 1))
    return f"{setting.moment(int(one.facts['since']))} ({times} times)" if times > 1 else ""


def _next(some: Sequence[Happening], setting: Setting) -> list[Block]:
    runs = {one.task: setting.next_runs[one.task] for one in some if one.task in setting.next_runs}
    lines = [f"“{setting.task(task)}” runs next on {setting.moment(moment)}." for task, moment in runs.items()]
    return [Para(" ".join(lines))] if lines else []


def _each_once(blocks: Sequence[Block]) -> list[Block]:
    """Leave a paragraph out that comes again further below: when something runs next, for example."""
    return [one for place, one in enumerate(blocks) if not (isinstance(one, Para) and one in blocks[place + 1 :])]


def _list(lines: Sequence[str], total: int | None = None) -> list[Block]:
    shown = tuple(lines[:_MOST])
    more = (total if total is not None else len(lines)) - len(shown)
    return [Points(shown), *([Para(f"and {_number(more)} more.")] if more > 0 else [])]


def _own(one: Happening) -> dict[str, str | int]:
    """The facts of the fault itself."""
    return {name.removeprefix("fact_"): value for name, value in one.facts.items() if name.startswith("fact_")}


def _common(some: Sequence[Happening]) -> dict[str, str | int]:
    """Facts that all of them share."""
    first, *rest = (_own(one) for one in some)
    return {name: value for name, value in first.items() if all(other.get(name) == value for other in rest)}


def _point(snapshot: str, setting: Setting) -> str:
    try:
        return setting.moment(int(datetime.strptime(snapshot[:16] + "+0000", "%Y%m%dT%H%M%SZ%z").timestamp()))
    except ValueError:
        return ""


def counted(number: int, one: str, many: str = "") -> str:
    """``1 item``, ``2 items``."""
    return f"{_number(number)} {one if number == 1 else many or one + 's'}"


def _if_any(number: int) -> str:
    return _number(number) if number else ""


def _number(number: int) -> str:
    return f"{number:,}"


def size_words(number: int) -> str:
    """Bytes in binary units."""
    value = float(number)
    for unit in _UNITS:
        if value < 1024 or unit == _UNITS[-1]:
            return f"{number} B" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1024
    raise AssertionError("the last unit takes everything")


def _span(seconds: int) -> str:
    if seconds < 60:
        return f"{max(0, seconds)} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60:02} s"
    return f"{seconds // 3600} h {seconds % 3600 // 60:02} min"


def _capital(text: str) -> str:
    return text if "@" in text else text[:1].upper() + text[1:]
