"""Passphrases, recovery keys and the other keys of a vault."""

from typing import Final

from saasbackup_desktop.app.words.table.sentences import Words

KEYS: Final[dict[str, Words]] = {
    "wrong-passphrase": Words(
        "Wrong passphrase",
        "No key of this vault opens with what was entered.",
        "Try again; capital letters count. The recovery key from your recovery kit opens the vault, too.",
    ),
    "wrong-passphrase/mistyped-key": Words(
        "The recovery key is mistyped",
        "What was entered looks like a recovery key, but at least one of its letters is wrong or in the wrong place.",
        "Compare it with the recovery kit, group by group, and try again.",
    ),
    "wrong-passphrase/foreign-key": Words(
        "The recovery key of another vault",
        "The recovery key is typed without a mistake, but it does not open this vault: it belongs to another one, or "
        "it was removed or replaced.",
        "Look for this vault's newest recovery kit: it names the vault and the day it was made.",
    ),
    "wrong-passphrase/no-recovery-key": Words(
        "Not a recovery key",
        "What was entered is not a recovery key: that has 56 letters and digits, in 14 groups of four.",
        "Type or paste it as the recovery kit shows it.",
    ),
    "wrong-passphrase/no-passphrase": Words(
        "This vault has no passphrase",
        "Its passphrase was removed: no passphrase opens it.",
        "Use its recovery key, from the recovery kit; then a new passphrase can be added.",
    ),
    "wrong-passphrase/none": Words(
        "The vault is locked",
        "No passphrase was given, and there is no terminal to ask at.",
        "Name a file that holds the passphrase, or keep it in this system's keyring.",
    ),
    "wrong-passphrase/device": Words(
        "The vault is locked",
        "This computer's own key opens the vault no more: it was removed, or the vault's keys were replaced.",
        "Open the vault with its passphrase; then let this computer open it by itself again, if you want that.",
    ),
    "wrong-passphrase/locked": Words(
        "The vault is locked", "The vault must be unlocked first.", "Enter its passphrase or its recovery key."
    ),
    "vault-keys-changed": Words(
        "The vault's keys were replaced",
        "Something in this vault was written under keys that were made after this key[: {file}].",
        "Unlock the vault again with the current passphrase. If it was refused there, the passphrase was replaced: "
        "ask whoever replaced it, or use the newest recovery kit.",
    ),
    "misconfigured/empty-passphrase": Words(
        "The passphrase is empty", "A vault without a passphrase would not be locked.", "Choose a passphrase."
    ),
    "misconfigured/no-such-key": Words(
        "No such key",
        "The vault has no key of that id[: {name}].",
        "List the keys and choose one of them; renaming a key gives it another id.",
    ),
    "misconfigured/last-key": Words(
        "The last key must stay",
        "Without this key no person could open the vault any more.",
        "Add another passphrase or recovery key first.",
    ),
    "misconfigured/last-recovery-key": Words(
        "This is the only recovery key",
        "Without it, a lost passphrase means lost backups.",
        "Make a new recovery kit first; or say that this one is to be removed all the same.",
    ),
    "misconfigured/unconfirmed-recovery-key": Words(
        "This is the only passphrase",
        "Without it only a recovery key opens the vault, and nobody has confirmed that the recovery kit is at hand.",
        "Confirm the recovery key first, or make a new kit; or say --yes to remove the passphrase all the same.",
    ),
    "misconfigured/no-such-limited": Words(
        "No such limited vault",
        "There is no limited vault of that id here[: {name}].",
        "List the limited vaults and give the whole id of one of them.",
    ),
    "misconfigured/limited-inside-limited": Words(
        "Limited vaults do not nest",
        "The vault that is open is a limited vault itself.",
        "Make the new one in the vault around it.",
    ),
}
