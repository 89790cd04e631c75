"""The sentences themselves: one entry for each fault's code, and for what some of them can mean in particular."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Words:
    """What a person reads: a title, what happened, and what to do about it."""

    title: str
    what: str
    remedy: str


_CERTIFICATE: Final = "Secure connection refused"
_NAME: Final = "Folder name not allowed"
_DAMAGED: Final = "The vault is damaged"
_REPAIR: Final = (
    "If you have a good copy of the vault, open the copy and bring the file back with “saasbackup vault mirror VAULT "
    "--verify”. Without one, check the vault and let it be repaired (“saasbackup vault check --read-data --repair”): "
    "what can be read is kept, and the next backup fetches again what the server still has."
)
_NOTHING_LOST: Final = "Everything saved so far is kept."

TABLE: Final[dict[str, Words]] = {
    # --- the other side ----------------------------------------------------------------------------------
    "unreachable": Words(
        "Server cannot be reached",
        "The server[ {host}][, port {port},] does not answer or closed the connection.",
        "Check the network, the server's name and the port, then try again. " + _NOTHING_LOST,
    ),
    "unknown-host": Words(
        "Unknown server name",
        "No server of this name could be found[: {host}].",
        "Check the spelling of the server's name and that this computer is online.",
    ),
    "certificate-refused": Words(
        _CERTIFICATE,
        "The certificate of the server[ {host}] is not trusted, so nothing was sent to it.",
        "Ask whoever runs the server. If it uses an authority of its own, give its certificate file (PEM) "
        "in the connection's settings.",
    ),
    "certificate-refused/expired": Words(
        _CERTIFICATE,
        "The certificate of the server[ {host}] has expired, so nothing was sent to it.",
        "Whoever runs the server must renew the certificate. Also check that this computer's clock is right.",
    ),
    "certificate-refused/self-signed": Words(
        _CERTIFICATE,
        "The server[ {host}] vouches for itself: its certificate is self-signed, so nothing was sent to it.",
        "If this is your own server, save its certificate as a PEM file and name that file as the authority "
        "in the connection's settings.",
    ),
    "certificate-refused/name": Words(
        _CERTIFICATE,
        "The certificate was made for another name[ than {host}], so nothing was sent to the server.",
        "Use the server name that the certificate was made for; your provider's instructions state it.",
    ),
    "certificate-refused/authority": Words(
        _CERTIFICATE,
        "The certificate of the server[ {host}] was signed by an authority that this computer does not know.",
        "If your organisation has an authority of its own, name its certificate file (PEM) "
        "in the connection's settings.",
    ),
    "tls-unavailable": Words(
        "No secure connection on this port",
        "The server[ {host}][, port {port},] does not offer the kind of encryption that was chosen.",
        "Port 993 usually wants implicit TLS, port 143 STARTTLS. Choose the pair that your provider names.",
    ),
    "throttled": Words(
        "The server asks to wait",
        "The server[ {host}] limits how much it answers for now.",
        "Nothing needs doing: work goes on by itself once the server allows it. If it happens each time, "
        "run backups outside office hours.",
    ),
    "sign-in-needed": Words(
        "Sign-in refused",
        "The server[ {host}] did not accept the user name[ {user}] or its password.",
        "Check the user name and set the password again. With two-step verification, most providers want "
        "an app password.",
    ),
    "delta-expired": Words(
        "Everything must be compared again",
        "The service does not remember any more what changed since the last backup.",
        "Start the backup again: it compares everything once, and fetches only what is new.",
    ),
    "denied": Words(
        "Not allowed",
        "The server[ {host}] accepted the sign-in but does not allow this[: {name}].",
        "Ask the server's administrator to give this account the right to read, and for restores to write, "
        "the mailbox.",
    ),
    "target-full": Words(
        "The mailbox is full",
        "The mailbox that is restored into[, {address},] has no room left.",
        "Free room or raise its quota, then run the restore again: it goes on where it stopped and copies nothing "
        "twice.",
    ),
    "name-refused": Words(
        "Folder name not allowed",
        "The server does not allow a folder of this name[: “{name}”].",
        "Restore into a folder of another name. Nothing was written under the refused name.",
    ),
    "misconfigured": Words(
        "This cannot be done as asked",
        "Something in the request does not fit[: {what}].",
        "Check the names and options, then try again.",
    ),
    "clock-skewed": Words(
        "The clock is wrong",
        "The clock of this computer and that of the storage service[ {host}] differ too much[: {seconds} seconds].",
        "Set this computer's clock, or let it be set over the network, then try again. " + _NOTHING_LOST,
    ),
    "protocol-broken": Words(
        "The server's answer makes no sense",
        "The server[ {host}] answered something that its protocol does not allow.",
        "Try again. If it stays so, check that the port belongs to a mail (IMAP) server and tell whoever runs it. "
        + _NOTHING_LOST,
    ),
    # --- single items --------------------------------------------------------------------------------------
    "item-failed": Words(
        "One item failed",
        "This item could not be copied; all others were.",
        "The next run tries it again by itself.",
    ),
    "not-found": Words(
        "Not there any more",
        "The item vanished while it was about to be read.",
        "If it was moved, the next backup finds it at its new place.",
    ),
    "refused": Words(
        "Item refused",
        "The server would not give or take this one item[: {reason}].",
        "The next run tries it again. If it stays so, the server's administrator can look at this message.",
    ),
    "too-large": Words(
        "Item too large",
        "The item[, {size} bytes,] is larger than the server accepts[ ({limit} bytes at most)].",
        "Raise the server's message size limit, or restore this item into another mailbox.",
    ),
    "body-damaged": Words(
        "Item damaged in the vault",
        "The vault no longer holds this item's bytes as they were saved, so it is not handed out.",
        "Check the vault to see what else is affected. If the message still exists on the server, "
        "the next backup can save it anew.",
    ),
    "not-mirrored": Words(
        "A file of the vault was not copied",
        "The copy lacks this file of the vault, or has another one[ ({reason})].",
        "Run it again: it goes on where it was. If that does not help, check the vault and its copy.",
    ),
    "not-mirrored/altered": Words(
        "A damaged file was not copied",
        "This file of the vault is not as it was written, so it was not copied over a good one.",
        "If a copy of the vault has a good file, open the copy and bring the file back with “saasbackup vault mirror "
        "VAULT --verify”. Without one, “saasbackup vault check --read-data --repair” saves what can still be read.",
    ),
    "not-mirrored/cut": Words(
        "A damaged file was not copied",
        "This file of the vault ends too early, so it was not copied over a good one.",
        "If a copy of the vault has a good file, open the copy and bring the file back with “saasbackup vault mirror "
        "VAULT --verify”. Without one, “saasbackup vault check --read-data --repair” saves what can still be read.",
    ),
    "not-mirrored/own": Words(
        "The copy went its own way",
        "It has a point in time that the vault never had, or lost. So nothing was removed from it.",
        "If somebody backs up into the copy, give that a vault of its own, or mirror without removing.",
    ),
    "not-verified": Words(
        "Not the same after restoring",
        "Read back after the restore, the item is not what was sent[ ({what})].",
        "Look at it in the target mailbox. Running the restore again with “skip existing” adds only what is missing.",
    ),
    "not-verified/body": Words(
        "Content differs after restoring",
        "Read back after the restore, the message's content is not what was sent: the server rewrote it.",
        "The original is safe in the vault and can be saved to a file from there.",
    ),
    "not-verified/flags": Words(
        "Flags differ after restoring",
        "The message is there, but the server did not keep all of its flags or keywords.",
        "Usually nothing needs doing: some servers do not keep custom keywords.",
    ),
    "not-verified/date": Words(
        "Date differs after restoring",
        "The message is there, but the server gave it another received date.",
        "Usually nothing needs doing: the date inside the message is unchanged.",
    ),
    "not-verified/missing": Words(
        "Missing after restoring",
        "The server accepted the message, but it was not there when it was looked for.",
        "Run the restore again with “skip existing”: it adds only what is missing.",
    ),
    # --- the vault -----------------------------------------------------------------------------------------
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
    "vault-busy": Words(
        "The vault is in use",
        "Another program[ ({owner})][ on {host}] is at work here[ until about {until}].[ Its computer's clock is "
        "{ahead} minutes ahead of this one's: set the one that is wrong.]",
        "Wait until it has finished, then try again. If that computer crashed, the hold ends by itself within minutes.",
    ),
    "vault-busy/lost": Words(
        "The hold on the vault was lost",
        "This computer slept or was cut off for so long that another program took the vault for abandoned.",
        "Run it again: it goes on from the last point in time that was saved. " + _NOTHING_LOST,
    ),
    "vault-damaged": Words(
        "The vault is damaged",
        "A file of the vault was altered, cut short or is missing[: {file}].",
        _REPAIR,
    ),
    "vault-unwritable": Words(
        "The vault cannot be written",
        "The place of the vault[, {location},] is read-only or this user may not write there.",
        "Make it writable for this user, or connect the disk without write protection. " + _NOTHING_LOST,
    ),
    "vault-full": Words(
        "The disk is full",
        "There is no room left where the vault lies[: {location}].",
        "Free some space, then run it again: it goes on where it stopped. " + _NOTHING_LOST,
    ),
    "home-failed": Words(
        "The program's own folder does not work",
        "Its settings[ in {location}] could not be read or written.",
        "See that the folder is there and that this user may write to it. " + _NOTHING_LOST,
    ),
    "home-failed/full": Words(
        "The disk is full",
        "There is no room left for the program's own files[ in {location}].",
        "Free some space, then try again. " + _NOTHING_LOST,
    ),
    "home-failed/unwritable": Words(
        "The program's own folder cannot be written",
        "This user may not write[ to {location}], or it is read-only.",
        "Make it writable for this user, or name another one with --home or SAASBACKUP_HOME. " + _NOTHING_LOST,
    ),
    "home-failed/unreadable": Words(
        "A settings file is damaged",
        "[{location} ]is not what this program wrote.",
        "Move that file away and open the vault again by its folder: everything else is found from there. "
        + _NOTHING_LOST,
    ),
    "vault-too-new": Words(
        "Made by a newer version",
        "This vault uses features that this version does not know[: {features}].",
        "Update the application on this computer. The vault was not changed.",
    ),
    "vault-keys-changed": Words(
        "The vault's keys were replaced",
        "Something in this vault was written under keys that were made after this key[: {file}].",
        "Unlock the vault again with the current passphrase. If it was refused there, the passphrase was replaced: "
        "ask whoever replaced it, or use the newest recovery kit.",
    ),
    "vault-immutable": Words(
        "Protected against deletion",
        "The storage keeps this file and lets nobody remove it[ before {until}].",
        "Nothing needs to be done: what is locked goes when its time is over and it is no longer needed.",
    ),
    # --- this computer -------------------------------------------------------------------------------------
    "catalog-failed": Words(
        "The catalog cannot be written",
        "The local catalog[, {file},] cannot be worked with.",
        "Check that this computer's disk has room and that this user may write there. No backup is lost by that.",
    ),
    "catalog-unreadable": Words(
        "The catalog cannot be read",
        "The local catalog, a copy of what the vault knows, is damaged or belongs to another vault.",
        "Rebuild the catalog from the vault. No backup is lost by that.",
    ),
    "catalog-too-new": Words(
        "Catalog made by a newer version",
        "The local catalog was written by a newer version of this application.",
        "Update the application, or rebuild the catalog from the vault.",
    ),
    "cancelled": Words(
        "Cancelled",
        "It was stopped before it was finished.",
        "What is saved stays saved; the next run goes on from there.",
    ),
    "cancelled/keys-kept": Words(
        "Cancelled",
        "It was stopped before anything was changed.",
        "What opened the vault still does, and nothing else. Run it again if you want the change.",
    ),
    "cancelled/nothing-made": Words(
        "Cancelled", "It was stopped before anything was made.", "Run it again if you want it made."
    ),
    "fault": Words(
        "It did not work",
        "Something foreseen, but without a more exact name, went wrong.",
        "Try again. The job's log may say more.",
    ),
    "bug": Words(
        "A mistake in this program",
        "Something happened that should be impossible. The backup is not at risk: everything saved so far is kept.",
        "Please report it with the log file from the logs folder; it holds no passwords and no messages.",
    ),
    # --- the same, in particular: the code, and the value of its fact "reason" or "what" ------------------
    "misconfigured/unknown-snapshot": Words(
        "No such point in time",
        "The vault holds no point in time of that name[: {name}].",
        "List the points in time and choose one of them.",
    ),
    "misconfigured/unknown-stream": Words(
        "Nothing to discard",
        "The vault holds no point in time of this account.",
        "Choose an account that has backups.",
    ),
    "misconfigured/discarded": Words(
        "These backups lie in the trash",
        "The backups of this account[, {name},] were deleted and wait in the trash, so no new one can go on from them.",
        "Call them back and back up again, or wait until they are removed: then a backup begins from nothing.",
    ),
    "misconfigured/held": Words(
        "A hold protects it",
        "A hold keeps this point in time[, {name},] from being removed.",
        "Release the hold first, if whoever placed it agrees.",
    ),
    "misconfigured/newest": Words(
        "The newest point in time stays",
        "The next backup goes on from the newest point in time[, {name}].",
        "Back up first, then delete it; or delete all backups of the account.",
    ),
    "misconfigured/no-such-hold": Words(
        "No such hold",
        "There is no such hold any more.",
        "Look at the list of holds again.",
    ),
    "misconfigured/no-such-trash": Words(
        "Not in the trash any more",
        "This was called back or removed meanwhile.",
        "Look at the trash again.",
    ),
    "misconfigured/negative-retention": Words(
        "This cannot be counted",
        "What is kept cannot be counted below nothing.",
        "Give numbers from 0 on.",
    ),
    "misconfigured/unknown-account": Words(
        "No such account",
        "Neither the vault nor a connection knows this account.",
        "List the accounts and choose one of them, or add a connection for it first.",
    ),
    "misconfigured/unknown-item": Words(
        "No such item",
        "There is no item of this id at that point in time[: {name}].",
        "Search for it: the search looks at every point in time.",
    ),
    "misconfigured/unknown-attachment": Words(
        "No such attachment", "The message has no such attachment.", "Open the message again and choose one of its own."
    ),
    "misconfigured/unknown-order": Words(
        "No such order", "Lists cannot be sorted that way[: {name}].", "Sort by time, name, sender or size."
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
    "misconfigured/incomplete-connection": Words(
        "Something is missing", "A connection needs a name, a server and a user name.", "Fill all three in."
    ),
    "misconfigured/bad-connection-name": Words(
        "This name cannot be used",
        "The name[ “{name}”] holds a colon, which parts an account from a folder on the command line.",
        "Leave the colon out.",
    ),
    "misconfigured/empty-span": Words(
        "The dates leave nothing",
        "The span of time ends before it begins.",
        "Swap the two dates, or leave one out.",
    ),
    "misconfigured/name-taken": Words(
        "This name is taken",
        "Another account's connection is called “{name}” already.",
        "Choose another name for the new connection.",
    ),
    "misconfigured/account-taken": Words(
        "This account is set up already",
        "The connection “{name}” reaches this account already.",
        "Use that connection, or remove it before setting the account up under another name.",
    ),
    "misconfigured/unknown-mode": Words(
        "No such way to restore",
        "There is no way to restore of that name[: {name}].",
        "Choose non-destructive, replace or skip.",
    ),
    "misconfigured/unknown-connection": Words(
        "No such connection",
        "No connection of that name is set up here[: {name}].",
        "List the connections and choose one of them, or add it first.",
    ),
    "misconfigured/connections-unreadable": Words(
        "The connections cannot be read",
        "The file that keeps the connections' passwords does not open[: {name}].",
        "It belongs to another vault or is damaged. Remove it and set the connections up again; "
        "no backup is lost by that.",
    ),
    "misconfigured/authority-file": Words(
        "The certificate file cannot be used",
        "The file[ {file}] is not there or holds no certificate in PEM form.",
        "Name the PEM file of the authority that signed the server's certificate.",
    ),
    "misconfigured/tls-required": Words(
        "The server wants encryption",
        "The server[ {host}] does not take a password over a connection that is not encrypted. It was not sent.",
        "Choose implicit TLS or STARTTLS.",
    ),
    "misconfigured/sign-in-method": Words(
        "This way to sign in is not offered",
        "The server[ {host}] does not offer the chosen way to sign in.",
        "Choose another way; LOGIN works with most servers.",
    ),
    "name-refused/empty": Words(
        _NAME, "A folder, or one of the folders in its path, has no name.", "Give each folder of the path a name."
    ),
    "name-refused/altered": Words(
        _NAME,
        "The server would change the folder's name[ “{name}”] to another one.",
        "Restore into a folder of another name.",
    ),
    "name-refused/too-long": Words(
        _NAME, "The folder's name is too long[: “{name}”].", "Choose a name of at most 60 characters."
    ),
    "name-refused/outer-blank": Words(
        _NAME, "The folder's name begins or ends with a space[: “{name}”].", "Remove the space."
    ),
    "name-refused/control-character": Words(
        _NAME,
        "The folder's name holds a character that cannot be seen, such as a line break.",
        "Type the name anew, without it.",
    ),
    "name-refused/banned-character": Words(
        _NAME,
        "The folder's name[ “{name}”] holds a character that not every server takes.",
        'Leave these out: \\ * % " < > | ? :',
    ),
    "name-refused/has-delimiter": Words(
        _NAME,
        "The folder's name[ “{name}”] holds the character that the server uses between folders.",
        "Restore into a folder of another name.",
    ),
    "refused/nul": Words(
        "Item refused",
        "The message holds a NUL byte, which this server does not take.",
        "It is safe in the vault and can be saved to a file from there, or restored to another server.",
    ),
    "refused/interrupted": Words(
        "Item refused",
        "The connection broke while this message was being written.",
        "Run it again: what is there already is skipped.",
    ),
    "refused/broken-off": Words(
        "Item not read",
        "The service broke off again and again while it sent this item.",
        "The next backup asks for it again.",
    ),
    "refused/changed-meanwhile": Words(
        "Item changed while it was read",
        "The item was changed in the moment in which it was read.",
        "The next backup reads it as it is then.",
    ),
    "refused/upload-lost": Words(
        "Item refused",
        "The service forgot what had been sent of this item.",
        "Run it again: what is there already is skipped.",
    ),
    # --- storage services, where the vault lies in a bucket ------------------------------------------------
    "unreachable/store": Words(
        "Storage service cannot be reached",
        "The storage service[ {host}] does not answer or closed the connection.",
        "Check the network and the endpoint's address, then try again. " + _NOTHING_LOST,
    ),
    "unreachable/store-error": Words(
        "The storage service has failed",
        "The storage service[ {host}] says that something went wrong on its own side.",
        "Try again later; if it stays so, tell whoever runs it. " + _NOTHING_LOST,
    ),
    "unknown-host/store": Words(
        "Unknown storage service",
        "No storage service of this name could be found[: {host}].",
        "Check the spelling of the endpoint and of the region, and that this computer is online.",
    ),
    "tls-unavailable/store": Words(
        "No secure connection to the storage service",
        "The storage service[ {host}] does not offer encryption that this computer knows.",
        "Check the endpoint's port. Use an address that begins with http: only within a network that you trust.",
    ),
    "throttled/store": Words(
        "The storage service asks to wait",
        "The storage service[ {host}] limits how much it takes for now.",
        "Nothing needs doing: work goes on by itself once the service allows it. " + _NOTHING_LOST,
    ),
    "sign-in-needed/store": Words(
        "The storage service does not know these keys",
        "The storage service[ {host}] did not accept the access key or its secret key.",
        "Check both keys, and that they have not expired or been withdrawn.",
    ),
    "sign-in-needed/no-store-keys": Words(
        "Keys for the storage service are missing",
        "No keys for the storage service[ {host}] were found: not in the environment, an AWS profile or the keyring.",
        "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile, or enter the keys by hand.",
    ),
    "sign-in-needed/store-profile": Words(
        "The profile gives no keys",
        "The AWS profile[ {name}] did not give keys for the storage service[ {host}].",
        "Sign in to the profile anew (for example: aws sso login), then try again.",
    ),
    "denied/store": Words(
        "The storage service does not allow this",
        "The storage service[ {host}] knows these keys, but does not let them read[ {location}].",
        "Ask whoever runs it to allow listing the bucket, and reading and writing its objects.",
    ),
    "protocol-broken/store": Words(
        "The storage service's answer makes no sense",
        "The storage service[ {host}] answered something that the S3 protocol does not allow.",
        "Try again. If it stays so, validate the storage; it may not be fit for a vault. " + _NOTHING_LOST,
    ),
    "vault-missing/bucket": Words(
        "There is no such bucket",
        "The storage service has no bucket of this name[: {location}].",
        "Check the spelling, the endpoint and the region; make the bucket first if it is to be new.",
    ),
    "vault-unwritable/store": Words(
        "The bucket cannot be written",
        "The storage service[ {host}] knows these keys, but does not let them write here[: {location}].",
        "Ask whoever runs it to allow writing and removing objects of this bucket. " + _NOTHING_LOST,
    ),
    "vault-full/store": Words(
        "The bucket is full",
        "The storage service[ {host}] has no room left for this bucket or this account[: {location}].",
        "Have the quota raised, then run the job again: it goes on where it stopped. " + _NOTHING_LOST,
    ),
    "misconfigured/store-lacks": Words(
        "The storage service cannot do this",
        "The storage service[ {host}] does not know an operation that is needed[: {name}].",
        "Validate the storage to see what it can do, or choose another service.",
    ),
    "misconfigured/no-object-lock": Words(
        "No object lock in this bucket",
        "Files were to be locked, but this bucket[, {name},] does not lock them.",
        "Make a bucket with object lock; most services allow it only when the bucket is made. Or do without the lock.",
    ),
    "misconfigured/object-lock-fails": Words(
        "The object lock does not hold",
        "Files were to be locked, but the storage failed the proof[: {name}]. No vault was made.",
        "Use a bucket with object lock on a service where validating the storage finds no fault.",
    ),
    "misconfigured/other-region": Words(
        "The bucket lies in another region",
        "The bucket[, {name},] is not in the region that was given[; it is in {region}].",
        "Give the bucket's own region.",
    ),
    "misconfigured/bad-bucket": Words(
        "Not a bucket's name",
        "This cannot be the name of a bucket[: {name}].",
        "Write it as s3://bucket or s3://bucket/folder, in small letters, digits, dots and hyphens.",
    ),
    "misconfigured/no-bucket": Words(
        "No bucket is named",
        "After s3:// comes the name of a bucket, and there is none[: {name}].",
        "Write it as s3://bucket or s3://bucket/folder.",
    ),
    "misconfigured/other-scheme": Words(
        "Neither a folder nor a bucket",
        "A vault lies in a folder or in a bucket of an S3 storage, and this is neither[: {name}]. Nothing was made.",
        "[Perhaps it is meant as {meant}. ]Name a folder, or write s3://bucket/folder, with an endpoint if the "
        "bucket is not Amazon's.",
    ),
    "misconfigured/bad-prefix": Words(
        "Not a folder's name",
        "This cannot be a folder in a bucket[: {name}].",
        "Use letters, digits, dots, hyphens and underscores, with single slashes between.",
    ),
    "misconfigured/bad-style": Words(
        "Unknown style",
        "Buckets are not addressed in this style[: {name}].",
        "Say path, virtual or auto.",
    ),
    "misconfigured/bad-endpoint": Words(
        "Not an endpoint",
        "The endpoint's address cannot be used.",
        "Write it as https://host or https://host:port, without user name or password.",
    ),
    "misconfigured/bad-ca-file": Words(
        "No certificates in this file",
        "The file that was named as authority cannot be read as certificates[: {name}].",
        "Name a file with one or more certificates in PEM form.",
    ),
    "misconfigured/bad-lock": Words(
        "Not an object lock",
        "An object lock cannot be kept as asked[: {name}].",
        "Choose governance or compliance, and from 1 to 36500 days.",
    ),
    "misconfigured/not-in-a-bucket": Words(
        "Only for a vault in a bucket",
        "What was asked for makes sense only where the vault lies in a bucket[: {name}].",
        "Give a location that begins with s3://, or leave this option out.",
    ),
    "misconfigured/no-profile": Words(
        "No such profile",
        "The AWS configuration files have no profile of this name[: {name}].",
        "Check the spelling, or make the profile (for example: aws configure).",
    ),
    "misconfigured/bad-profile": Words(
        "The AWS configuration cannot be read",
        "The AWS configuration files on this computer hold something that makes no sense.",
        "Correct them, or set the keys in the environment.",
    ),
    "misconfigured/no-region": Words(
        "The region is missing",
        "The storage service needs to know the bucket's region.",
        "Give the region that the bucket was made in.",
    ),
    "misconfigured/encryption-refused": Words(
        "The storage service refuses this encryption",
        "The server-side encryption that was asked for cannot be used[: {name}].",
        "Choose another one, or none: what is in the vault is encrypted before it leaves this computer.",
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
"""By code, or by code and variant with a slash between."""
