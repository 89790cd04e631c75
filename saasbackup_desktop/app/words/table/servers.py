"""The other side: servers, the ways to sign in there, and what connections to them say."""

from typing import Final

from saasbackup_desktop.app.words.table.sentences import NOTHING_LOST, Words

_CERTIFICATE: Final = "Secure connection refused"
_NAME: Final = "Folder name not allowed"

SERVERS: Final[dict[str, Words]] = {
    "unreachable": Words(
        "Server cannot be reached",
        "The server[ {host}][, port {port},] does not answer or closed the connection.",
        "Check the network, the server's name and the port, then try again. " + NOTHING_LOST,
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
        "Set this computer's clock, or let it be set over the network, then try again. " + NOTHING_LOST,
    ),
    "protocol-broken": Words(
        "The server's answer makes no sense",
        "The server[ {host}] answered something that its protocol does not allow.",
        "Try again. If it stays so, check that the port belongs to a mail (IMAP) server and tell whoever runs it. "
        + NOTHING_LOST,
    ),
    "misconfigured/incomplete-connection": Words(
        "Something is missing", "A connection needs a name, a server and a user name.", "Fill all three in."
    ),
    "misconfigured/bad-connection-name": Words(
        "This name cannot be used",
        "The name[ “{name}”] holds a colon, which parts an account from a folder on the command line.",
        "Leave the colon out.",
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
    "name-refused/read-only": Words(
        "Folder cannot be written",
        "“{name}” can only be read: it belongs to somebody else, or the service fills it itself.",
        "Restore into another folder.",
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
}
