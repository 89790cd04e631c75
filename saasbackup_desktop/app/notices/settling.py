"""Recipients and the mail server as they are set, checked before they are kept."""

import re
import secrets
from dataclasses import replace
from typing import Final

from saasbackup_desktop.app.notices.store import Book
from saasbackup_desktop.app.notices.views import (
    DESKTOP,
    Channel,
    HookGiven,
    MailGiven,
    MailView,
    Recipient,
)
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.providers.notify import hooks
from saasbackup_desktop.providers.notify.settings import Hook, MailSecrets, MailServer, MailSignIn, TokenWay

_ADDRESS: Final = re.compile(r"[^\s@<>()\[\],;:\\\"]+@[^\s@<>()\[\],;:\\\"]+")


def with_recipient(book: Book, recipient: Recipient, given: HookGiven | None) -> tuple[Book, str]:
    """Put a recipient in, new or changed; gives its id. Raises Misconfigured."""
    id = recipient.id or secrets.token_hex(6)
    name = recipient.name.strip()
    before = book.recipients.get(id)
    if recipient.id and before is None:
        raise Misconfigured("no such recipient", what="unknown-recipient", name=recipient.id)
    if (id == DESKTOP) is not (recipient.channel is Channel.DESKTOP):
        raise Misconfigured("one desktop", what="desktop-stays")
    if not name:
        raise Misconfigured("no name", what="incomplete-recipient")
    if any(one.name.casefold() == name.casefold() and one.id != id for one in book.recipients.values()):
        raise Misconfigured("name taken", what="recipient-taken", name=name)
    found = dict(book.hooks)
    address = recipient.address.strip()
    if recipient.channel is Channel.EMAIL:
        require_address(address)
        found.pop(id, None)
    if recipient.channel is Channel.WEBHOOK:
        found[id] = _hook(found.get(id), recipient, given)
    bare = replace(recipient, id=id, name=name, address=address, host="", is_signed=False, headers=())
    return replace(book, recipients={**book.recipients, id: bare}, hooks=found), id


def without_recipient(book: Book, id: str) -> Book:
    """Take a recipient out. Raises Misconfigured."""
    if id == DESKTOP:
        raise Misconfigured("one desktop", what="desktop-stays")
    if id not in book.recipients:
        raise Misconfigured("no such recipient", what="unknown-recipient", name=id)
    return replace(
        book,
        recipients={key: one for key, one in book.recipients.items() if key != id},
        hooks={key: one for key, one in book.hooks.items() if key != id},
    )


def with_mail(book: Book, server: MailServer, given: MailGiven) -> Book:
    """Set the mail server. Raises Misconfigured."""
    require_address(server.sender)
    if not server.host.strip() or (server.sign_in is not MailSignIn.NONE and not server.user.strip()):
        raise Misconfigured("host and user are needed", what="incomplete-mail-server")
    before = book.secrets if _is_same(book.server, server) else MailSecrets()
    kept = MailSecrets(
        password=given.password if given.password is not None else before.password,
        refresh=given.refresh if given.refresh is not None else before.refresh,
    )
    if server.sign_in is MailSignIn.PASSWORD and not kept.password:
        raise Misconfigured("no password", what="incomplete-mail-server")
    if server.sign_in is MailSignIn.OAUTH:
        is_microsoft = server.token_way is TokenWay.MICROSOFT
        needed = (server.client, kept.password, server.tenant) if is_microsoft else (
            server.client, kept.refresh, server.token_address)  # fmt: skip
        if not all(needed):
            raise Misconfigured("OAuth is not complete", what="incomplete-oauth")
    return replace(book, server=replace(server, host=server.host.strip()), secrets=kept)


def _is_same(before: MailServer | None, now: MailServer) -> bool:
    """Secrets are for one server alone: another host or address never gets those of the one before."""
    if before is None:
        return False
    return (before.host.casefold(), before.token_address, before.tenant) == (
        now.host.strip().casefold(),
        now.token_address,
        now.tenant,
    )


def shown(book: Book, recipient: Recipient) -> Recipient:
    """A recipient with what may be told of its webhook."""
    hook = book.hooks.get(recipient.id)
    if hook is None:
        return recipient
    return replace(
        recipient,
        host=hooks.host_of(hook),
        is_signed=bool(hook.signing),
        headers=tuple(name for name, _ in hook.headers),
    )


def mail_view(book: Book) -> MailView:
    """The mail server without its secrets."""
    return MailView(
        server=book.server, has_password=bool(book.secrets.password), has_refresh=bool(book.secrets.refresh)
    )


def require_address(address: str) -> None:
    """Check an e-mail address as far as that can be without asking anybody. Raises Misconfigured."""
    if not _ADDRESS.fullmatch(address.strip()) or not address.isprintable():
        raise Misconfigured("no address", what="bad-mail-address", name=address[:100])


def _hook(before: Hook | None, recipient: Recipient, given: HookGiven | None) -> Hook:
    old = before if before is not None else Hook(url="")
    given = given or HookGiven()
    url = given.url.strip() if given.url is not None else old.url
    moved = before is not None and hooks.host_of(Hook(url=url)) != hooks.host_of(old)
    made = Hook(
        url=url,
        # What was given for one host is not sent to another.
        signing=given.signing if given.signing is not None else "" if moved else old.signing,
        headers=given.headers if given.headers is not None else () if moved else old.headers,
        ca_file=recipient.ca_file,
    )
    hooks.require(made)
    return made
