"""Restore drills: what they did not prove, and what to do about it."""

from typing import Final

from saasbackup_desktop.app.words.table.sentences import NOTHING_LOST, Words

DRILLS: Final[dict[str, Words]] = {
    "drill-failed": Words(
        "The restore drill did not prove it",
        "A restore drill came to its end and did not prove that this account can be restored.",
        "Look at the drill's report: it names what was found.",
    ),
    "drill-damaged": Words(
        "Not all of it can be restored",
        "A restore drill found things that the vault does not give back as they were stored"
        "[: {damaged} in all][; the first: {first}].",
        "Check the vault and let it be repaired (“saasbackup vault check --read-data --repair”), then back the account "
        "up again: what its source still has is fetched again. Then repeat the drill. If you have a good copy of the "
        "vault, bring the files back from there first.",
    ),
    "drill-incomplete": Words(
        "The backup does not hold everything",
        "The source has items from before the last backup that the vault does not hold"
        "[: {missing} in all][; the first: {first}].",
        "Back the account up again, then repeat the drill. If they are still missing, look at the drill's report: it "
        "names the folders, and a folder that this sign-in may not read is named in the backup's log.",
    ),
    "misconfigured/nothing-to-drill": Words(
        "Nothing to be proven yet",
        "The vault holds no point in time of this account[, {name}].",
        "Back it up first. " + NOTHING_LOST,
    ),
    "misconfigured/bad-drill-items": Words(
        "Not a sample size",
        "A drill restores 1 to 100,000 items[, not {name}].",
        "Choose a number between them; 50 is usual.",
    ),
    "misconfigured/bad-drill-days": Words(
        "Not a number of days",
        "Every account has its turn within 1 to 366 days[, not {name}].",
        "Choose a number between them; 7 is usual.",
    ),
    "misconfigured/drills-unreadable": Words(
        "The schedule of restore drills does not open",
        "[{name} ]is not what this program wrote with this vault.",
        "Move that file away: drills begin every night again, and the history of earlier ones is kept.",
    ),
}
