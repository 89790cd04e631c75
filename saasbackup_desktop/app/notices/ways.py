"""Hand a letter to whom it is for: by mail or to a webhook."""

from collections.abc import Callable
from typing import Final

from saasbackup_desktop.app.notices.store import Book
from saasbackup_desktop.app.notices.views import Channel, Kind, Recipient, Tried
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.engine.offload import Offload
from saasbackup_desktop.providers.notify import hooks, smtp, tokens
from saasbackup_desktop.providers.notify.letter import Letter
from saasbackup_desktop.providers.notify.mime import message
from saasbackup_desktop.providers.notify.settings import MailSecrets, MailSignIn
from saasbackup_desktop.providers.notify.shapes import payload

_SENDER: Final = "SaaS Backup Desktop"

KeepSecrets = Callable[[MailSecrets], None]


async def deliver(
    book: Book,
    keep: KeepSecrets,
    offload: Offload,
    recipient: Recipient,
    letter: Letter,
    *,
    id: str,
    kind: Kind,
    made: int,
) -> Tried:
    """Send it, and say what the other side answered. ``keep``: secrets that were replaced. Raises Fault."""
    if recipient.channel is Channel.WEBHOOK:
        hook = book.hooks.get(recipient.id)
        if hook is None:
            raise Misconfigured("no webhook", what="bad-webhook")
        answer = await hooks.post(hook, payload(recipient.shape, letter, id, kind.value, made), id)
        return Tried(status=answer.status, answer=answer.text)
    server = book.server
    if server is None:
        raise Misconfigured("no mail server", what="no-mail-server")
    ready = message(letter, id=id, made=made, sender=server.sender, sender_name=_SENDER, recipient=recipient.address)
    secret = await _secret(book, keep)
    answer = await offload.on_disk(smtp.send, server, secret, ready, recipient.address)
    return Tried(status=answer.status, answer=answer.text)


async def _secret(book: Book, keep: KeepSecrets) -> str:
    if book.server is None or book.server.sign_in is MailSignIn.NONE:
        return ""
    if book.server.sign_in is MailSignIn.PASSWORD:
        return book.secrets.password
    obtained = await tokens.obtain(book.server, book.secrets)
    if obtained.secrets != book.secrets:
        keep(obtained.secrets)
    return obtained.token
