"""Microsoft 365: what keeps somebody or the application out of a tenant, and what a set-up lacks."""

from typing import Final

from saasbackup_desktop.app.words.table.sentences import Words

_POLICY: Final = "Exclude the application from the policy, or sign in from where the policy allows it."
_TENANT: Final = "Correct the tenant: its directory id, or one of its domains."

MICROSOFT: Final[dict[str, Words]] = {
    "sign-in-needed/secret-wrong": Words(
        "The client secret is wrong",
        "Microsoft did not accept the application's secret.",
        "Enter the secret's value, not its id; or make a new one, better a certificate.",
    ),
    "sign-in-needed/secret-expired": Words(
        "The client secret has expired",
        "The application's secret is past its date.",
        "Make a new one, better a certificate, and enter it in the connection.",
    ),
    "sign-in-needed/certificate-unknown": Words(
        "The certificate is not registered",
        "Microsoft does not know the certificate that the application signs in with.",
        "Upload the certificate to the application's registration, or renew it here.",
    ),
    "sign-in-needed/clock": Words(
        "The clock is wrong",
        "Microsoft refused the sign-in since this computer's clock differs too much from its own.",
        "Set the clock of this computer, then try again.",
    ),
    "sign-in-needed/app-unknown": Words(
        "The application is gone",
        "The tenant has no application of this id, or it was removed.",
        "Register it again; what is saved stays as it is.",
    ),
    "sign-in-needed/app-disabled": Words(
        "The application is switched off",
        "An administrator has disabled the application in the tenant.",
        "Let users sign in to it again, under Enterprise applications in the Microsoft Entra admin center.",
    ),
    "sign-in-needed/tenant-unknown": Words(
        "No such tenant",
        "Microsoft knows no tenant of this name in this cloud.",
        _TENANT,
    ),
    "sign-in-needed/user-unknown": Words(
        "No such account",
        "The tenant has no account of this name.",
        "Sign in with an account of this tenant.",
    ),
    "sign-in-needed/password-wrong": Words(
        "Wrong password",
        "Microsoft did not accept the account's password.",
        "Sign in again.",
    ),
    "sign-in-needed/consent-missing": Words(
        "An administrator must agree first",
        "What is asked for must be consented to by an administrator, and the one who signed in may not or did not.",
        "Sign in as a Global Administrator or Privileged Role Administrator, and accept what is listed.",
    ),
    "sign-in-needed/consent-declined": Words(
        "Consent was declined",
        "Whoever signed in declined what the application asks for.",
        "Sign in again and accept what is listed; each line says what it is for.",
    ),
    "sign-in-needed/conditional-access": Words(
        "A policy blocks the sign-in",
        "Conditional access of the tenant does not allow this sign-in. Some policies forbid device codes altogether.",
        _POLICY,
    ),
    "sign-in-needed/second-factor": Words(
        "A second factor is needed",
        "The tenant wants a second factor that was not given, or that is not set up yet.",
        "Sign in again and go through all its steps.",
    ),
    "sign-in-needed/sign-in-again": Words(
        "Somebody has to sign in again",
        "The earlier sign-in is not good any more: it ran out, or the password was changed.",
        "Sign in again; backups go on by themselves after it.",
    ),
    "sign-in-needed/user-disabled": Words(
        "The account is blocked",
        "The account that signed in is disabled.",
        "Enable it, or sign in with another account.",
    ),
    "sign-in-needed/not-public": Words(
        "The client cannot show codes",
        "The application that was given for signing in is not a public client.",
        "Allow public client flows in its registration, or leave the client id empty.",
    ),
    "sign-in-needed/not-assigned": Words(
        "Not assigned to the application",
        "The application lets in only people who were assigned to it, and whoever signed in was not.",
        "Assign this person to it, or sign in with an account that is.",
    ),
    "sign-in-needed/other-tenant": Words(
        "An account of another tenant",
        "Whoever signed in belongs to another tenant.",
        "Sign in with an account of this tenant.",
    ),
    "sign-in-needed/wrong-cloud": Words(
        "The tenant is in another cloud",
        "Microsoft says that this tenant is in another of its clouds.",
        "Choose the right cloud in the connection.",
    ),
    "denied/permission": Words(
        "A permission is missing",
        "Microsoft does not allow this: the permission was not granted, or whoever signed in has not the role for it.",
        "Look at the check list. To register and to consent, sign in as a Global Administrator or Privileged Role "
        "Administrator.",
    ),
    "denied/access": Words(
        "A permission is missing",
        "Microsoft does not let the application do this.",
        "Look at the check list: it says which permission is missing, and what it is for.",
    ),
    "denied/outside-scope": Words(
        "Outside of the fence",
        "This mailbox is not among those that the role of Exchange lets the application into.",
        "Add it to the fence's group, or run the role script with another fence. Exchange takes up to two hours.",
    ),
    "denied/mailbox-not-enabled": Words(
        "No mailbox in Exchange Online",
        "This account has no mailbox that can be reached: it has no licence, or its mailbox is on premises.",
        "Give it a licence, or take it out of the backup.",
    ),
    "denied/app-policy": Words(
        "A policy forbids this certificate",
        "The tenant's policy for applications does not allow a certificate that is good for so long, or none at all.",
        "Choose a shorter time for the certificate, or exempt the application from the policy.",
    ),
    "denied/on-hold": Words(
        "Suspended by Microsoft",
        "The account or the tenant's subscription is suspended.",
        "Renew the subscription, or ask Microsoft's support.",
    ),
    "denied/no-exchange": Words(
        "No Exchange Online",
        "The tenant has no Exchange Online.",
        "Buy a licence with Exchange Online, or choose other services.",
    ),
    "not-found/registration": Words(
        "The registration is not there",
        "The tenant has no registration of this application.",
        "Register it again, or correct the application id.",
    ),
    "not-found/graph": Words(
        "Microsoft Graph is not in this tenant",
        "The tenant does not know Microsoft Graph, which every tenant should.",
        "Ask Microsoft's support.",
    ),
    "misconfigured/client-needed": Words(
        "An application for signing in is needed",
        "This cloud does not know Microsoft's own tools, through which an administrator signs in elsewhere[: {name}].",
        "Register a public client in the tenant and enter its application id.",
    ),
    "misconfigured/no-exchange-shell": Words(
        "PowerShell for Exchange is not here",
        "The script needs PowerShell 7 and the module ExchangeOnlineManagement 3.0 or newer on this computer.",
        "Install both, or download the script and run it elsewhere.",
    ),
    "misconfigured/tenant-needed": Words("The tenant is missing", "It is not clear which tenant is meant.", _TENANT),
    "misconfigured/unknown-cloud": Words(
        "Unknown cloud",
        "There is no such cloud, or it has no Exchange Online[: {name}].",
        "Choose one of the list.",
    ),
    "misconfigured/bad-address": Words(
        "Not an address",
        "This address cannot be used[: {name}].",
        "Write it as https://host, without anything after it.",
    ),
    "misconfigured/no-credential": Words(
        "Nothing to sign in with",
        "The application has neither a certificate nor a secret.",
        "Make a certificate, or enter a secret.",
    ),
    "misconfigured/certificate-expired": Words(
        "The certificate has expired",
        "The application can renew its certificate by itself only while the old one is good.",
        "Renew it with an administrator's sign-in.",
    ),
    "misconfigured/registration-needed": Words(
        "The registration may not be read",
        "The application may not look at its own registration, and its object id is not known.",
        "Renew the certificate with an administrator's sign-in, or let the application read registrations.",
    ),
    "misconfigured/sign-in-settings": Words(
        "The sign-in cannot be begun",
        "The tenant, or the address of the sign-in service[ {name}], cannot be used.",
        "Check the tenant and the cloud of the connection.",
    ),
    "misconfigured/bad-id": Words(
        "Not an id of the directory",
        "An id must be 32 hexadecimal digits with hyphens[: {name}].",
        "Copy it from the Microsoft Entra admin center.",
    ),
    "misconfigured/bad-attribute": Words(
        "A fence cannot look at this property",
        "Exchange cannot fence mailboxes by this property[: {name}].",
        "Choose one of the list.",
    ),
    "misconfigured/empty-fence": Words(
        "The fence is empty",
        "It is not said which mailboxes are inside the fence.",
        "Name a group, a property and its value, or an administrative unit.",
    ),
    "misconfigured/bad-text": Words(
        "Not a name",
        "A name holds characters that cannot be written down.",
        "Enter it again.",
    ),
    "misconfigured/bad-role": Words(
        "Nothing to fence",
        "None of the chosen services has a role in Exchange.",
        "Choose mail, calendars, contacts or settings, or do without the fence.",
    ),
}
