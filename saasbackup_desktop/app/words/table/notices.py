"""Notices on their way: what mail servers and webhooks say."""

from typing import Final

from saasbackup_desktop.app.words.table.sentences import Words

_KEPT: Final = "The notice is kept and tried again."

NOTICES: Final[dict[str, Words]] = {
    "address-refused": Words(
        "Address refused",
        "The mail server[ {host}] does not take the address[ {address}][; it says: “{answer}”].",
        "Check the spelling. If it is the sender's address: most servers only send for the address that signs in.",
    ),
    "address-refused/characters": Words(
        "Address refused",
        "The address holds characters that the mail server[ {host}] cannot take.",
        "Use an address of plain letters, digits and dots.",
    ),
    "not-delivered": Words(
        "The notice was not taken",
        "The server[ {host}] refused the notice[ with status {status}][; it says: “{answer}”].",
        "Ask whoever runs the server what it objects to. " + _KEPT,
    ),
    "not-delivered/later": Words(
        "The mail server asks to come back later",
        "The server[ {host}] does not take the notice now[ (status {status})][; it says: “{answer}”].",
        "Nothing needs doing: it is tried again by itself.",
    ),
    "not-delivered/webhook": Words(
        "The webhook did not take the notice",
        "The webhook at {host} answered with status {status}[; it says: “{answer}”].",
        "Check that the webhook's form (generic, Slack or Teams) is the one that it expects. " + _KEPT,
    ),
    "not-delivered/webhook-gone": Words(
        "The webhook does not exist any more",
        "At {host} there is no such webhook[: status {status}].",
        "Make a new one there, and set its address in the notices' settings.",
    ),
    "not-delivered/webhook-moved": Words(
        "The webhook leads elsewhere",
        "The webhook at {host} answered with a redirection[ (status {status})], which is not followed: "
        "notices go to the host that you named and to no other.",
        "Set the address that it leads to, if you trust it.",
    ),
    "sign-in-needed/webhook": Words(
        "The webhook refuses us",
        "The webhook at {host} answered that we may not post there[: status {status}].",
        "Set its address, its signing secret and its headers again.",
    ),
    "sign-in-needed/smtp-required": Words(
        "The mail server wants a sign-in",
        "The mail server[ {host}] takes nothing without a sign-in[; it says: “{answer}”].",
        "Give a user name and password, or OAuth, in the mail server's settings.",
    ),
    "sign-in-needed/smtp-method": Words(
        "This way of signing in is not offered",
        "The mail server[ {host}] does not offer the way of signing in that was chosen over this connection.",
        "Choose STARTTLS or implicit TLS: many servers offer a sign-in only then. If it is TLS already, choose "
        "another way of signing in.",
    ),
    "sign-in-needed/oauth": Words(
        "No token to sign in with",
        "The sign-in service[ {host}] gave no token[ for {user}]: what it was given has expired or was withdrawn.",
        "Sign in there anew and set the refresh token or the application's secret again.",
    ),
    "tls-unavailable/smtp": Words(
        "No secure connection on this port",
        "The mail server[ {host}][, port {port},] does not offer the kind of encryption that was chosen.",
        "Port 465 usually wants implicit TLS, port 587 STARTTLS. Choose the pair that your provider names.",
    ),
    "unreachable/refused": Words(
        "Connection refused",
        "Nothing answers at {host}[, port {port}].",
        "Check the port, and that a firewall lets this computer through. " + _KEPT,
    ),
    "misconfigured/bad-webhook": Words(
        "This is no address of a webhook",
        "A webhook needs a whole address that begins with https://, without user name.",
        "Copy the address as the service shows it.",
    ),
    "misconfigured/bad-header": Words(
        "This header cannot be sent",
        "A header needs a plain name and value[; this one does not have them: “{name}”].",
        "Headers that describe the content itself are set by the program.",
    ),
    "misconfigured/incomplete-recipient": Words(
        "Something is missing",
        "A recipient needs a name, and an e-mail address or a webhook's address.",
        "Fill both in.",
    ),
    "misconfigured/incomplete-mail-server": Words(
        "Something is missing",
        "The mail server needs a host, and for its sign-in a user name and a password.",
        "Fill them in.",
    ),
    "misconfigured/incomplete-oauth": Words(
        "Something is missing",
        "OAuth needs an application and its secret: for Microsoft 365 the tenant, the application id and its secret; "
        "for others the token address, the application id and a refresh token.",
        "Fill them in.",
    ),
    "misconfigured/no-mail-server": Words(
        "No mail server is set up",
        "Notices by e-mail need a mail server to be handed to.",
        "Set one up first.",
    ),
    "misconfigured/bad-mail-address": Words(
        "This is no address",
        "An e-mail address has the form name@example.org[; this one does not: “{name}”].",
        "Check the spelling.",
    ),
    "misconfigured/unknown-recipient": Words(
        "There is no such recipient",
        "No recipient of notices is called so[: “{name}”].",
        "“saasbackup notices list” lists them.",
    ),
    "misconfigured/unknown-notice": Words(
        "There is no such notice",
        "No notice that was sent, or is on its way, has this id[: “{name}”].",
        "“saasbackup notices outbox” lists them.",
    ),
    "misconfigured/recipient-taken": Words(
        "This name is taken",
        "There is a recipient of this name already[: “{name}”].",
        "Choose another name.",
    ),
    "misconfigured/desktop-stays": Words(
        "The desktop stays in the list",
        "Notices on the desktop cannot be removed, but can be switched off.",
        "Switch off every kind for it.",
    ),
    "misconfigured/notices-unreadable": Words(
        "The notices' settings do not open",
        "The sealed file with recipients and the mail server does not open with this vault's key[: {name}].",
        "Move the file aside and set the notices up again.",
    ),
}
