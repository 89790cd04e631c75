"""How a tenant is set up, in plain words: ways in, steps, checks, roles of Exchange, and what may be cleaned up."""

from collections.abc import Mapping
from typing import Final

WAYS: Final[Mapping[str, tuple[str, str]]] = {
    "fenced": (
        "Least privilege, some mailboxes",
        "The application signs in by itself and reaches only the mailboxes inside a fence that Exchange keeps.",
    ),
    "tenant-wide": (
        "Least privilege, every mailbox",
        "The application signs in by itself and reaches every mailbox of the tenant, and nothing that is not backed "
        "up.",
    ),
    "person": (
        "Administrator's sign-in",
        "Somebody signs in, and the program reaches what this person reaches. Even a global administrator reaches "
        "only the own mailbox and those that were shared.",
    ),
}
"""What a way in is called, and what it means."""

SUBJECTS: Final[Mapping[str, str]] = {
    "mail": "Mail",
    "calendar": "Calendars",
    "contacts": "Contacts",
    "tasks": "Tasks",
    "notes": "Notes",
    "settings": "Mailbox settings and rules",
    "directory": "Directory",
    "accounts": "Finding mailboxes",
    "groups": "Choosing by group",
    "licences": "Telling licences",
    "unattended": "Running unattended",
    "consent-for-restore": "Writing only while restoring",
    "public-folders": "Public folders",
    "group-mailboxes": "Mailboxes of groups and teams",
}
"""What a way in can or cannot do something with."""

EXTENTS: Final[Mapping[str, str]] = {"all": "Yes", "some": "In part", "none": "No"}

ABILITIES: Final[Mapping[str, str]] = {
    "inside-fence": "In the mailboxes inside the fence.",
    "no-fence-for-it": "In every mailbox: Exchange has no role that fences it, so it is consented for the whole "
    "tenant.",
    "every-mailbox": "In every mailbox.",
    "own-and-shared": "In the own mailbox, and in those that were shared with this person and are named.",
    "own-only": "In the own mailbox only: Microsoft opens nobody else's to a person.",
    "own-and-named": "The own mailbox is found; others are named by their address and tried.",
    "whole-directory": "All of the directory is read.",
    "what-you-may-read": "As far as the person who signed in may.",
    "not-asked-for": "A person is not asked for the right to read it.",
    "until-certificate-expires": "Until the certificate runs out; it is renewed before.",
    "until-sign-in-again": "Until Microsoft wants this person to sign in again: after 90 days without use, a new "
    "password, or by a policy.",
    "granted-and-withdrawn": "The permissions to write are granted before a restore and withdrawn after it.",
    "roles-take-hours": "For what is consented. Roles of Exchange take up to hours to come and go, so they are better "
    "given for good.",
    "asked-at-sign-in": "The permissions to write are asked for when this person signs in for a restore.",
    "not-in-graph": "Microsoft Graph has no access to it.",
    "not-for-applications": "Microsoft Graph does not open it to applications.",
    "not-built": "It is not built yet.",
}
"""How far a way in goes, and why."""

WHYS: Final[Mapping[str, str]] = {
    "read-mail": "Read mail for the backup",
    "verify-mail": "Compare mail after a restore",
    "write-mail": "Write mail back",
    "read-events": "Read calendars for the backup",
    "verify-events": "Compare events after a restore",
    "write-events": "Write events back",
    "read-contacts": "Read contacts for the backup",
    "write-contacts": "Write contacts back",
    "read-tasks": "Read tasks for the backup",
    "write-tasks": "Write tasks back",
    "read-notes": "Read notes for the backup",
    "verify-notes": "Compare notes after a restore",
    "write-notes": "Write notes back",
    "read-settings": "Read settings and rules for the backup",
    "write-settings": "Write settings and rules back",
    "read-senders": "Read which senders go to the focused inbox",
    "write-senders": "Write back which senders go to the focused inbox",
    "read-sharing": "Read with whom calendars are shared",
    "write-sharing": "Share calendars again as they were",
    "export-items": "Keep an exact copy of each message as well",
    "import-items": "Write exact copies back",
    "name-mailboxes": "Address a mailbox for exact copies",
    "read-directory": "Read people, groups, roles and applications for the backup",
    "read-devices": "Read which devices are known",
    "read-sponsors": "Read who stands for a guest",
    "read-eligibility": "Read who may take a role for a time",
    "read-policies": "Read conditional access and the tenant's policies",
    "read-consent-policies": "Read what people may consent to",
    "read-contexts": "Read authentication contexts",
    "read-identity-providers": "Read where guests sign in",
    "read-sign-in-methods": "Read which ways to sign in people have set up",
    "read-own-attributes": "Read which custom security attributes there are",
    "read-own-values": "Read people's custom security attributes",
    "read-leave-dates": "Read when people leave",
    "read-device-policies": "Read compliance policies and configurations of devices",
    "verify-directory": "Compare the directory before and after a restore",
    "verify-policies": "Compare policies before and after a restore",
    "write-users": "Write people back",
    "write-groups": "Write groups, owners and members back",
    "write-units": "Write administrative units back",
    "write-roles": "Write roles and who has them back",
    "write-applications": "Write applications and service principals back",
    "write-app-roles": "Write back who may use an application",
    "write-grants": "Write delegated permissions back",
    "write-conditional-access": "Write conditional access policies and named locations back",
    "write-sign-in-methods": "Write back which ways to sign in are allowed",
    "write-authorization": "Write the authorization policy back",
    "write-security-defaults": "Write security defaults back",
    "write-consent-requests": "Write back how consent is asked for",
    "write-cross-tenant-access": "Write cross-tenant access back",
    "write-consent-policies": "Write back what people may consent to",
    "write-token-policies": "Write policies for tokens and sign-in pages back",
    "write-organisation": "Write settings of the organisation back",
    "write-domains": "Write settings of domains back",
    "write-group-settings": "Write settings of groups back",
    "write-identity-providers": "Write back where guests sign in",
    "write-devices": "Write devices back",
    "write-own-attributes": "Write custom security attributes back",
    "write-own-values": "Write people's custom security attributes back",
    "write-leave-dates": "Write back when people leave",
    "write-device-policies": "Write compliance policies and configurations of devices back",
    "find-accounts": "Find mailboxes",
    "find-own-account": "Find the own mailbox",
    "tell-shared-mailboxes": "Tell shared mailboxes and rooms",
    "read-groups": "Choose mailboxes by group",
    "read-licences": "Tell who has a licence",
    "read-registration": "Warn before certificates and secrets run out",
}
"""What a permission is needed for."""

OUTCOMES: Final[Mapping[str, str]] = {
    "well": "Everything is in order.",
    "missing-permission": "The permission is missing.",
    "consent-revoked": "An administrator has taken the consent back.",
    "consent-missing": "No administrator has consented yet.",
    "secret-expired": "The client secret has expired.",
    "secret-wrong": "The client secret is wrong.",
    "certificate-expired": "The certificate has expired.",
    "certificate-unknown": "The certificate is not in the registration.",
    "conditional-access": "A conditional access policy blocks the sign-in.",
    "second-factor": "A second factor is needed.",
    "sign-in-again": "Somebody has to sign in again.",
    "application-gone": "The application is not in the tenant any more.",
    "application-disabled": "The application is switched off in the tenant.",
    "tenant-unknown": "There is no such tenant in this cloud.",
    "not-assigned": "Whoever signed in is not assigned to the application.",
    "other-tenant": "Whoever signed in belongs to another tenant.",
    "not-public": "The client that was given cannot show codes.",
    "licence-missing": "The tenant has no licence with this service.",
    "mailbox-not-enabled": "The account has no mailbox in Exchange Online.",
    "mailbox-missing": "The mailbox is not there.",
    "outside-scope": "The mailbox is outside of the fence.",
    "wider-than-scope": "It is consented for the whole tenant, which is wider than the fence.",
    "on-hold": "Microsoft has suspended the account or the subscription.",
    "throttled": "Microsoft asks to wait.",
    "wrong-cloud": "The tenant is in another cloud.",
    "clock": "The clock of this computer is wrong.",
    "unreachable": "Microsoft could not be reached.",
    "refused": "Microsoft refused it.",
}
"""What a check found."""

REMEDIES: Final[Mapping[str, str]] = {
    "nothing": "",
    "consent": "Let an administrator consent.",
    "wait": "Wait and check again: it can take from minutes to hours.",
    "new-secret": "Make a new secret, better a certificate.",
    "upload-certificate": "Upload the certificate to the registration.",
    "new-certificate": "Renew the certificate.",
    "exclude-from-policy": "Exclude the application from the policy.",
    "sign-in": "Sign in again.",
    "register-again": "Register the application again.",
    "enable-application": "Switch the application on under Enterprise applications.",
    "correct-tenant": "Correct the tenant's name or id.",
    "assign-person": "Assign this person to the application.",
    "allow-public-client": "Allow public client flows in its registration.",
    "assign-licence": "Assign a licence with Exchange Online.",
    "renew-subscription": "Renew the subscription.",
    "widen-scope": "Widen the fence.",
    "withdraw-consent": "Withdraw the consent for the whole tenant.",
    "choose-cloud": "Choose another cloud.",
    "set-clock": "Set the clock.",
    "look-at-network": "Check the network.",
    "ask-support": "Ask Microsoft's support.",
}
"""What to do about it."""

STEPS: Final[Mapping[str, str]] = {
    "application": "Registration",
    "certificate": "Certificate",
    "secret": "Client secret",
    "permissions": "List of permissions",
    "principal": "Application in the tenant",
    "consent": "Consent",
    "sign-in": "Sign-in",
    "in-force": "Permissions in force",
}
"""What is done while an application is registered, renewed or cleaned up."""

DONE: Final[Mapping[str, str]] = {
    "present": "Done already",
    "made": "Done",
    "changed": "Changed",
    "removed": "Removed",
    "waiting": "Waiting for Microsoft",
    "unavailable": "Not offered in this cloud",
}
"""What came of a step."""

LEFTOVERS: Final[Mapping[str, str]] = {
    "certificate": "Certificate",
    "secret": "Client secret",
    "permission": "Permission",
    "registration": "Registration with all its permissions",
}
"""What may be cleaned up."""

LEFTOVER_REASONS: Final[Mapping[str, str]] = {
    "expired": "It has expired.",
    "not-used-here": "This connection does not use it. Another computer may.",
    "wider-than-fence": "It opens the whole tenant, and the fence gives the same for the mailboxes inside.",
    "no-service-needs-it": "No service that is backed up needs it.",
    "made-elsewhere": "Another connection made it: on another computer, or before. Whoever uses it is cut off.",
    "replaced": "The connection has moved to another one.",
}
"""Why it may be."""

ROLES: Final[Mapping[str, tuple[str, str]]] = {
    "ready": ("Ready to run", "Run the role script here, or download it and run it elsewhere."),
    "running": ("Running", ""),
    "pending": (
        "Pending",
        "Exchange knows the role and does not go by it yet. It takes minutes, sometimes up to three days; it is looked "
        "at by itself.",
    ),
    "in-force": ("In force", ""),
    "failed": ("Failed", "Look at the reason. It is tried again every day."),
}
"""How a role of Exchange stands, and what that means."""

ROLE_LINES: Final[Mapping[str, str]] = {
    "connect": "Sign-in to Exchange Online",
    "module": "PowerShell module",
    "command": "Command allowed",
    "licence": "Mailboxes in Exchange Online",
    "customization": "Organization can be customized",
    "principal": "Application known to Exchange",
    "scope": "Fence",
    "in-scope": "Mailboxes inside the fence",
    "assignment": "Role",
    "authorization": "Mailbox that was tried",
    "end": "Script",
}
"""What the role script tells, line by line."""

ROLE_STATES: Final[Mapping[str, str]] = {
    "done": "Done",
    "present": "Present",
    "made": "Made",
    "changed": "Brought up to date",
    "removed": "Removed",
    "missing": "Missing",
    "failed": "Failed",
    "true": "Inside the fence",
    "false": "Outside of the fence",
    "not run": "Not tried",
}
"""How each of them stands; compared in small letters."""

RUNS: Final[Mapping[str, str]] = {
    "commands-missing": "Whoever ran the script may not use all its commands. Run it as a member of Organization "
    "Management.",
    "no-mailboxes": "The tenant has no mailbox in Exchange Online. Without mail there is nothing to fence.",
    "group-unclear": "There is no group of this name, or more than one. Name it by its address.",
    "other-object-id": "Exchange knows the application under another id: it was registered anew. Remove the old one "
    "with Remove-ServicePrincipal, then run the script again.",
    "connect": "The sign-in to Exchange Online failed.",
    "commands": "Exchange did not say which commands are allowed.",
    "licence": "Exchange did not say whether there are mailboxes.",
    "customization": "The organization could not be made ready for roles of its own.",
    "principal": "The application could not be made known to Exchange.",
    "scope": "The fence could not be made.",
    "assignment": "A role could not be given.",
    "authorization": "The role is given; Exchange did not say what it reaches.",
    "not-started": "PowerShell could not run the script. Look whether it and its module work.",
    "broken-off": "PowerShell ended in the midst of the script. Run it again: it goes on where it was.",
    "timed-out": "The script took too long and was ended. Run it again: it goes on where it was.",
    "stopped": "The script was stopped.",
}
"""Why a run of the role script did not go well."""

MOVES: Final[Mapping[str, str]] = {
    "sign-in-as-administrator": "Sign in as an administrator",
    "register": "Register the application",
    "consent": "Consent to its permissions",
    "prove": "Sign in by the new way and check it",
    "run-script": "Run the role script",
    "wait-for-role": "Wait until Exchange goes by the role",
    "sign-in-as-person": "Sign in as the person whose mailboxes are backed up",
    "switch": "Back up by the new way from now on",
    "take-roles-back": "Take the roles of Exchange back",
    "remove-registration": "Remove the old registration",
    "forget-sign-in": "Forget the old sign-in",
}
"""The steps of moving from one way in to another."""

REACHES: Final[Mapping[str, str]] = {
    "reached": "Reached",
    "not-shared": "Not shared with whoever signed in, or there is no mailbox",
    "unknown": "Nobody in this tenant has this address",
    "not-allowed": "The sign-in did not ask for mailboxes of others: sign in again",
}
"""What became of a mailbox that somebody named."""
