"""The vault: where it is, what it lacks, and who is at it."""

from typing import Final

from saasbackup_desktop.app.words.table.sentences import NOTHING_LOST, Words

_DAMAGED: Final = "The vault is damaged"
_REPAIR: Final = (
    "If you have a good copy of the vault, open the copy and bring the file back with “saasbackup vault mirror VAULT "
    "--verify”. Without one, check the vault and let it be repaired (“saasbackup vault check --read-data --repair”): "
    "what can be read is kept, and the next backup fetches again what the server still has."
)

VAULTS: Final[dict[str, Words]] = {
    "vault-failed": Words(
        "The vault cannot be used",
        "Something about the vault[ at {location}] went wrong.",
        "Check that its folder or disk is there, then try again.",
    ),
    "vault-missing": Words(
        "No vault here",
        "There is no vault at this place[: {location}].",
        "If it lies on an external disk or a network drive, connect that first. Otherwise check the place's name.",
    ),
    "vault-exists": Words(
        "Something is here already",
        "The place[ {location}] already holds a vault or other files, so no vault was made and nothing was touched.",
        "Open the vault that is there, or choose an empty folder.",
    ),
    "vault-busy": Words(
        "The vault is in use",
        "Another program[ ({owner})][ on {host}] is at work here[ until about {until}].[ Its computer's clock is "
        "{ahead} minutes ahead of this one's: set the one that is wrong.]",
        "Wait until it has finished, then try again. If that computer crashed, the hold ends by itself within minutes.",
    ),
    "vault-busy/lost": Words(
        "The hold on the vault was lost",
        "This computer slept or was cut off for so long that another program took the vault for abandoned.",
        "Run it again: it goes on from the last point in time that was saved. " + NOTHING_LOST,
    ),
    "vault-damaged": Words(
        "The vault is damaged",
        "A file of the vault was altered, cut short or is missing[: {file}].",
        _REPAIR,
    ),
    "vault-unwritable": Words(
        "The vault cannot be written",
        "The place of the vault[, {location},] is read-only or this user may not write there.",
        "Make it writable for this user, or connect the disk without write protection. " + NOTHING_LOST,
    ),
    "vault-full": Words(
        "The disk is full",
        "There is no room left where the vault lies[: {location}].",
        "Free some space, then run it again: it goes on where it stopped. " + NOTHING_LOST,
    ),
    "vault-too-new": Words(
        "Made by a newer version",
        "This vault uses features that this version does not know[: {features}].",
        "Update the application on this computer. The vault was not changed.",
    ),
    "vault-immutable": Words(
        "Protected against deletion",
        "The storage keeps this file and lets nobody remove it[ before {until}].",
        "Nothing needs to be done: what is locked goes when its time is over and it is no longer needed.",
    ),
    "misconfigured/no-vault": Words(
        "No vault yet", "No vault is set up here.", "Make a new vault, or open one that exists."
    ),
    "misconfigured/mirror-other": Words(
        "Something else is here",
        "The place[ {name}] holds another vault or other files, so nothing was copied and nothing was touched.",
        "Choose an empty place, or the one of an earlier copy of this vault.",
    ),
    "misconfigured/mirror-of-itself": Words(
        "The copy would lie in the vault itself",
        "The place[ {name}] is the vault's own, lies in it, or holds it.",
        "Choose a place of its own, best on another disk or with another provider.",
    ),
    "misconfigured/vault-in-vault": Words(
        "A vault cannot lie in another",
        "The place lies in a vault, or holds one[: {name}]. Nothing was made.",
        "Choose a folder beside it. A vault for one account inside this one is made by “saasbackup vault limited add”.",
    ),
    "misconfigured/other-vault": Words(
        "Another vault lies there",
        "At[ {name}] there is a vault, but not the one that belongs to this home. Nothing was touched.",
        "Connect the disk with the right vault; if the vault was moved, open it once at its new place.",
    ),
    "misconfigured/home-has-vault": Words(
        "There is a vault already",
        "A vault is set up here already[: {name}].",
        "Use another home for another vault: each home has one.",
    ),
    "vault-damaged/altered": Words(
        _DAMAGED, "A file of the vault is not what it was when it was written[: {file}].", _REPAIR
    ),
    "vault-damaged/cut": Words(_DAMAGED, "A file of the vault was cut short[: {file}].", _REPAIR),
    "vault-damaged/missing": Words(_DAMAGED, "A file of the vault is missing[: {file}].", _REPAIR),
    "vault-damaged/point-missing": Words(
        "A point in time is missing",
        "The file of a point in time is missing[: {file}][ ({name})]. Nothing was removed or put into the trash: what "
        "that point in time needs would have gone with it.",
        "Bring the file back from a copy or a mirror of the vault, then prune again. If there is none, "
        "“saasbackup vault check --repair” takes it for lost, and a prune after that removes what it needed.",
    ),
    "vault-damaged/held-missing": Words(
        "What is held is missing",
        "A hold names a point in time, or an account, of which there is no file[: {file}][ ({name})]. Nothing was "
        "removed or put into the trash: what it needs might have gone with it.",
        "Bring the files back from a copy or a mirror of the vault, then prune again. If there is none, "
        "“saasbackup vault check --repair” takes it for lost. If the account was never backed up, release the hold.",
    ),
    "vault-damaged/hidden": Words(
        "The vault is hidden",
        "There is a vault at this place, but somebody deleted its files. The storage service's lock kept them, out of "
        "sight.",
        "Run “saasbackup vault check --repair”, or choose the repair when you unlock the vault: it brings the files "
        "back. Change the access key for the bucket first if you did not do this yourself.",
    ),
}
