"""Letters about restore drills."""

from collections.abc import Sequence
from typing import Final

from saasbackup_desktop.app.notices.happenings import Happening
from saasbackup_desktop.app.words.faults import words_for
from saasbackup_desktop.app.words.letters.figures import capital, number_words
from saasbackup_desktop.app.words.letters.parts import own_facts, owner_of
from saasbackup_desktop.app.words.letters.setting import Setting
from saasbackup_desktop.providers.notify.letter import Block, Facts, Para

_PROOFS: Final = {
    "proven": "was proven restorable",
    "incomplete": "is not complete: the source has items that the vault has not",
    "damaged": "could not be restored as it was stored",
    "unreachable": "was read back from the vault, but its source could not be asked",
    "": "could not be carried out",
}


def proof(some: Sequence[Happening], setting: Setting) -> tuple[str, list[Block]]:
    """What restore drills proved."""
    blocks: list[Block] = []
    for one in some:
        outcome = str(one.facts.get("outcome", ""))
        rows = (
            ("Restored and compared", number_words(int(one.facts.get("read", 0)))),
            ("As they were stored", number_words(int(one.facts.get("matched", 0)))),
            ("Missing", number_words(int(one.facts.get("missing", 0)))),
            ("Damaged", number_words(int(one.facts.get("damaged", 0)))),
            ("Last proven", setting.moment(int(one.facts["proven"])) if one.facts.get("proven") else "never"),
        )
        blocks.append(Para(f"{capital(owner_of(one))} {_PROOFS.get(outcome, _PROOFS[''])}."))
        if not outcome:
            words = words_for(str(one.facts["code"]), own_facts(one))
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
        return f"Restore drill: {owner_of(some[0])} {word}", blocks
    return f"Restore drills: {len(some) - bad} proven, {bad} not", blocks
