"""Letters about what somebody did or set, and about notices that do not arrive."""

from collections.abc import Sequence

from saasbackup_desktop.app.notices.happenings import Happening
from saasbackup_desktop.app.words.activity import DEEDS
from saasbackup_desktop.app.words.faults import words_for
from saasbackup_desktop.app.words.letters.parts import MOST, own_facts
from saasbackup_desktop.app.words.letters.setting import Setting
from saasbackup_desktop.app.words.states import label
from saasbackup_desktop.providers.notify.letter import Block, Grid, Para


def changed(some: Sequence[Happening], setting: Setting) -> tuple[str, list[Block]]:
    """What somebody did or set."""
    rows = []
    for one in some[:MOST]:
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


def undelivered(some: Sequence[Happening], setting: Setting) -> tuple[str, list[Block]]:
    """Notices that did not arrive."""
    blocks: list[Block] = []
    for one in some:
        words = words_for(str(one.facts["code"]), own_facts(one))
        blocks += [
            Para(f"A notice to “{one.facts['name']}” could not be delivered: {one.facts['subject']}. {words.what}"),
            Para(f"What to do: {words.remedy}"),
        ]
    return f"Notices do not reach {some[0].facts['name']}", blocks
