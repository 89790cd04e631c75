"""Letters about what looks like an attack."""

from collections.abc import Sequence
from typing import Final

from saasbackup_desktop.app.notices.happenings import Happening
from saasbackup_desktop.app.words.letters.figures import number_words
from saasbackup_desktop.app.words.letters.parts import owner_of
from saasbackup_desktop.app.words.letters.setting import Setting
from saasbackup_desktop.providers.notify.letter import Block, Facts, Para

_ALERTS: Final = {
    "mass-deletion": ("Mass deletion", "Far more items than usual were deleted."),
    "mass-change": ("Mass change", "Far more items than usual were changed."),
    "encrypted-content": ("Content that looks encrypted", "Many items now hold content that looks encrypted."),
}


def alert(some: Sequence[Happening], setting: Setting) -> tuple[str, list[Block]]:
    """Items that were deleted or changed in masses."""
    blocks: list[Block] = []
    for one in some:
        title, what = _ALERTS.get(str(one.facts["alert"]), (str(one.facts["alert"]), "Something unusual was found."))
        good = int(one.facts.get("good", 0))
        usual = int(one.facts.get("usual", -1))
        rows = [
            ("Account", owner_of(one)),
            ("What", title),
            ("Items", f"{number_words(int(one.facts.get('count', 0)))} of {number_words(int(one.facts.get('of', 0)))}"),
        ]
        if usual >= 0:
            rows.append(("Usual in a day", number_words(usual)))
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
    subject = f"{first}: {owner_of(some[0])}" if len(some) == 1 else f"{len(some)} smart alerts: {first} and more"
    return subject, blocks
