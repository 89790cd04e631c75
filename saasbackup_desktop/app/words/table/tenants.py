"""Microsoft 365: what a check, a look at an account or a job's end means, by the codes that tenants' views carry."""

from typing import Final

from saasbackup_desktop.app.words.table.microsoft import MICROSOFT
from saasbackup_desktop.app.words.table.sentences import NOTHING_LOST, Words

_KEPT: Final = "What is saved stays saved."

_UNREADABLE: Final = Words(
    "The tenant's accounts cannot be read",
    "The file that keeps what is known of this tenant's accounts does not open[: {name}].",
    "It belongs to another vault or is damaged. Remove the tenant and add it again; no backup is lost by that.",
)

OUTCOMES: Final[dict[str, Words]] = {
    "well": Words("Fine", "It works.", "Nothing needs doing."),
    "missing-permission": Words(
        "A permission is missing",
        "Microsoft does not let the application do this[: {service}].",
        "Let an administrator grant it: open the consent address of the check list and accept what is listed.",
    ),
    "consent-revoked": Words(
        "Consent was withdrawn",
        "This was granted before, and an administrator has taken it back since[: {service}].",
        "Let an administrator grant it again at the consent address, or choose fewer services. " + _KEPT,
    ),
    "consent-missing": MICROSOFT["sign-in-needed/consent-missing"],
    "secret-expired": MICROSOFT["sign-in-needed/secret-expired"],
    "secret-wrong": MICROSOFT["sign-in-needed/secret-wrong"],
    "certificate-expired": Words(
        "The certificate has expired",
        "The certificate that the application signs in with is past its date.",
        "Renew it here: an administrator signs in once, and the old one is removed.",
    ),
    "certificate-unknown": MICROSOFT["sign-in-needed/certificate-unknown"],
    "conditional-access": MICROSOFT["sign-in-needed/conditional-access"],
    "second-factor": MICROSOFT["sign-in-needed/second-factor"],
    "sign-in-again": MICROSOFT["sign-in-needed/sign-in-again"],
    "not-assigned": MICROSOFT["sign-in-needed/not-assigned"],
    "other-tenant": MICROSOFT["sign-in-needed/other-tenant"],
    "not-public": MICROSOFT["sign-in-needed/not-public"],
    "application-gone": MICROSOFT["sign-in-needed/app-unknown"],
    "application-disabled": MICROSOFT["sign-in-needed/app-disabled"],
    "tenant-unknown": MICROSOFT["sign-in-needed/tenant-unknown"],
    "licence-missing": Words(
        "No licence with Exchange Online",
        "The tenant has nothing in force that gives mailboxes.",
        "Buy or renew a licence with Exchange Online. " + _KEPT,
    ),
    "mailbox-not-enabled": MICROSOFT["denied/mailbox-not-enabled"],
    "mailbox-missing": Words(
        "The mailbox was deleted",
        "The account is not in the directory any more.",
        "Restore it to another account, or restore the account in the directory: then its backup goes on by itself. "
        + _KEPT,
    ),
    "outside-scope": MICROSOFT["denied/outside-scope"],
    "wider-than-scope": Words(
        "Wider than the fence",
        "This permission is granted for the whole tenant, and wins over Exchange's role for some mailboxes.",
        "Withdraw it in the application's registration, or let it be cleaned up from here.",
    ),
    "on-hold": MICROSOFT["denied/on-hold"],
    "wrong-cloud": MICROSOFT["sign-in-needed/wrong-cloud"],
    "clock": MICROSOFT["sign-in-needed/clock"],
    "expires-soon": Words(
        "Runs out soon",
        "What the application signs in with is good for less than 30 days.",
        "Renew it now, before backups stop.",
    ),
}
"""By the outcomes of checks; of those that are named as a fault is, the fault's own words are right."""

TENANTS: Final[dict[str, Words]] = {
    **OUTCOMES,
    "throttled/graph": Words(
        "Microsoft asks to wait",
        "Microsoft 365 limits how much it answers for now, and did so for longer than a backup waits.",
        "Nothing needs doing: the next run goes on where this one stopped. If it happens each time, back fewer "
        "accounts up at once. " + NOTHING_LOST,
    ),
    "not-found/user": OUTCOMES["mailbox-missing"],
    "not-found/mailbox": OUTCOMES["mailbox-missing"],
    "unreachable/mailbox-moves": Words(
        "The mailbox is being moved",
        "Microsoft moves this mailbox to another server at this moment.",
        "Nothing needs doing: try again in an hour or two. " + NOTHING_LOST,
    ),
    "unreachable/mailbox-store": Words(
        "The mailbox is not available",
        "The server that this mailbox lies on does not answer for now.",
        "Try again later. " + NOTHING_LOST,
    ),
    "accounts-unreadable": _UNREADABLE,
    "misconfigured/accounts-unreadable": _UNREADABLE,
    "misconfigured/bad-tenant-name": Words(
        "This name cannot be used",
        "A tenant's name has neither a slash nor a colon, and no blanks around it[: “{name}”].",
        "Choose another name.",
    ),
    "misconfigured/incomplete-tenant": Words(
        "Something is missing",
        "A tenant needs its directory id or a domain of it, and the application's id.",
        "Fill both in, or let the program register itself.",
    ),
    "misconfigured/tenant-taken": Words(
        "This tenant is set up already",
        "The connection “{name}” reaches this tenant with this application already.",
        "Use that connection, or change it.",
    ),
    "misconfigured/no-services": Words(
        "Nothing would be backed up", "No service is chosen.", "Choose at least one service."
    ),
    "misconfigured/unknown-service": Words(
        "This service is not backed up",
        "The service[ “{name}”] is not among those of this tenant.",
        "Choose another one, or add it in the tenant's settings.",
    ),
    "misconfigured/no-restore": Words(
        "This cannot be restored there",
        "The tenant is set up for backup only, or takes no {name}.",
        "Let the tenant's settings ask for what a restore needs, or choose another place.",
    ),
    "misconfigured/mail-only": Words(
        "A mail server takes mail only",
        "The connection “{name}” reaches a mail server, which has no place for this.",
        "Choose an account of a tenant.",
    ),
    "misconfigured/nothing-saved": Words(
        "Nothing is saved of this account",
        "There is no point in time of any of these services up to this moment.",
        "Choose a later moment, or back the account up first.",
    ),
    "misconfigured/unknown-certificate": Words(
        "No such certificate", "A certificate of this thumbprint was not made here.", "Make one, then try again."
    ),
    "misconfigured/bad-certificate": Words(
        "This is no certificate with its key",
        "The file must hold both as PEM: the certificate, and the key that belongs to it.",
        "Choose another file, or let the program make a certificate.",
    ),
    "misconfigured/other-key": Words(
        "The key does not fit",
        "The key in the file belongs to another certificate, or is none of the RSA kind, which Microsoft wants.",
        "Choose another file, or let the program make a certificate.",
    ),
    "misconfigured/key-locked": Words(
        "The key is locked",
        "The key in the file is locked by a passphrase of its own.",
        "Unlock it first, for example by “openssl rsa”. Here it is kept encrypted.",
    ),
    "misconfigured/unknown-sign-in": Words(
        "The sign-in is over", "The code was given up, or the vault was locked meanwhile.", "Sign in again."
    ),
    "misconfigured/unknown-purpose": Words(
        "The sign-in cannot be begun", "It is not clear what somebody would sign in for.", "Try again."
    ),
    "misconfigured/no-certificate": Words(
        "There is no certificate to renew",
        "The tenant “{name}” signs in with something else.",
        "Change how it signs in.",
    ),
    "misconfigured/no-fence": Words(
        "Nothing is fenced",
        "The tenant “{name}” reaches all mailboxes: there is no role to give.",
        "Name a group in the tenant's settings first.",
    ),
    "misconfigured/no-principal": Words(
        "The application is not known yet",
        "The script needs the application's object id, which nobody may read in this tenant.",
        "Let an administrator consent to Application.Read.All, or let the program register itself.",
    ),
    "misconfigured/two-conditions": Words(
        "Two conditions in one rule", "A rule looks at a group or at a property.", "Make two rules of it."
    ),
    "misconfigured/no-value": Words(
        "The rule has no value", "The rule[ “{name}”] compares a property with nothing.", "Name at least one value."
    ),
    "misconfigured/bad-rule-name": Words(
        "The rule has no name", "A rule needs a name of its own.", "Give it another name."
    ),
    "misconfigured/rule-twice": Words(
        "Two rules have one name", "Each rule needs a name of its own.", "Rename one of them."
    ),
}
