"""Letters about tenants: cut off and connected again, accounts that were found, credentials that run out."""

from collections.abc import Sequence

from saasbackup_desktop.app.notices.happenings import Happening
from saasbackup_desktop.app.words.faults import words_for
from saasbackup_desktop.app.words.letters.figures import counted, number_words
from saasbackup_desktop.app.words.letters.parts import points
from saasbackup_desktop.app.words.letters.setting import Setting
from saasbackup_desktop.providers.notify.letter import Block, Facts, Para


def cut_off(some: Sequence[Happening], setting: Setting) -> tuple[str, list[Block]]:
    """Tenants that are not connected any more."""
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


def connected(some: Sequence[Happening], setting: Setting) -> tuple[str, list[Block]]:
    """Tenants that are connected again."""
    names = ", ".join(str(one.facts["tenant"]) for one in some)
    return f"Tenant connected again: {names}", [Para(f"Connected again: {names}. Backups go on by themselves.")]


def found(some: Sequence[Happening], setting: Setting) -> tuple[str, list[Block]]:
    """What a look at a directory found."""
    blocks: list[Block] = []
    for one in some:
        facts = one.facts
        listed = int(facts["listed"])
        rows = (
            ("New accounts", number_words(int(facts["added"]))),
            ("Left", number_words(int(facts["gone"]))),
            ("Protected from now on", number_words(int(facts["activated"]))),
            ("No longer protected", number_words(int(facts["deactivated"]))),
        )
        blocks += [Para(f"A look at the directory of “{facts['tenant']}” found changes."), Facts(rows)]
        if one.names[:listed]:
            blocks += [Para("New accounts:"), *points(list(one.names[:listed]), int(facts["added"]))]
        if one.names[listed:]:
            blocks += [Para("Protected from now on:"), *points(list(one.names[listed:]), int(facts["activated"]))]
        if int(facts["added"]) and not int(facts["activated"]):
            blocks.append(
                Para(
                    "What to do: none of them is protected yet. Activate them on the tenant's page, "
                    "or let a rule do it."
                )
            )
    one = some[0]
    return f"Auto-discovery in {one.facts['tenant']}: {one.facts['added']} new, {one.facts['gone']} left", blocks


def expires(some: Sequence[Happening], setting: Setting) -> tuple[str, list[Block]]:
    """Credentials that run out soon."""
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
