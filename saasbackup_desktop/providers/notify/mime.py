"""Letters as messages of the mail (RFC 5322, RFC 3834)."""

from datetime import UTC, datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from saasbackup_desktop.providers.notify.forms import as_html, as_text
from saasbackup_desktop.providers.notify.letter import Letter


def message(letter: Letter, *, id: str, made: int, sender: str, sender_name: str, recipient: str) -> EmailMessage:
    """Make the message; the same notice has the same Message-ID however often it is sent."""
    user, _, domain = sender.rpartition("@")
    made_of = EmailMessage(policy=policy.SMTP)
    made_of["Subject"] = _line(letter.subject)
    made_of["From"] = Address(display_name=sender_name, username=user, domain=domain)
    made_of["To"] = recipient
    made_of["Date"] = format_datetime(datetime.fromtimestamp(made, UTC))
    made_of["Message-ID"] = f"<{id}.notice@{domain or 'localhost'}>"
    made_of["Auto-Submitted"] = "auto-generated"
    made_of["X-Auto-Response-Suppress"] = "All"
    if letter.is_bad:
        made_of["Importance"] = "high"
    made_of.set_content(as_text(letter), cte="quoted-printable")
    made_of.add_alternative(as_html(letter), subtype="html", cte="quoted-printable")
    for name, text in letter.files:
        made_of.add_attachment(text.encode(), maintype="text", subtype="csv", filename=name)
    return made_of


def _line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
