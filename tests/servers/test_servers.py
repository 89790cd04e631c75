"""The test servers keep what the tests rely on."""

import socket
import ssl
import threading

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError, LoginError

from saasbackup_desktop.sim.letters import letters
from tests.servers.dovecot import Dovecot, User
from tests.servers.proxy import FaultyProxy

MESSAGE = b"From: a@example.com\r\nSubject: one\r\nMessage-ID: <1@example.com>\r\n\r\nhello\r\n"


def test_rich_server_speaks_tls_and_qresync(dovecot: Dovecot, user: User) -> None:
    context = ssl.create_default_context(cafile=str(dovecot.ca_file))
    with IMAPClient(dovecot.host, port=dovecot.tls_port, ssl_context=context) as client:
        client.login(user.name, user.password)
        assert {b"QRESYNC", b"UIDPLUS", b"MULTIAPPEND", b"SPECIAL-USE", b"QUOTA"} <= set(client.capabilities())
        assert {name for _, _, name in client.list_folders()} == {"Archive", "Junk", "Trash", "Sent", "Drafts", "INBOX"}
    with pytest.raises(ssl.SSLCertVerificationError):
        IMAPClient(dovecot.host, port=dovecot.tls_port, ssl_context=ssl.create_default_context())


def test_bytes_come_back(dovecot: Dovecot, user: User) -> None:
    dovecot.append(user, "Häufig & 日本", [MESSAGE] * 3, (b"\\Seen",))
    with dovecot.connect(user) as client:
        client.select_folder("Häufig & 日本", readonly=True)
        found = client.fetch("1:*", ["BODY.PEEK[]", "FLAGS"])
        assert [data[b"BODY[]"] for data in found.values()] == [MESSAGE] * 3


def test_letters_come_back_with_flags_and_dates(dovecot: Dovecot, user: User) -> None:
    sent = list(letters("servers", 30, 2_000, clean=True))
    dovecot.deliver(user, "INBOX", sent)
    with dovecot.connect(user) as client:
        client.normalise_times = False
        client.select_folder("INBOX", readonly=True)
        found = client.fetch("1:*", ["BODY.PEEK[]", "FLAGS", "INTERNALDATE"])
    for letter, data in zip(sent, found.values(), strict=True):
        assert data[b"BODY[]"] == letter.data
        assert {flag.decode() for flag in data[b"FLAGS"]} - {"\\Recent"} == letter.flags
        assert data[b"INTERNALDATE"] == letter.internal_date.replace(microsecond=0)


def test_wrong_password_is_refused(dovecot: Dovecot, user: User) -> None:
    with IMAPClient("127.0.0.1", port=dovecot.port, ssl=False) as client, pytest.raises(LoginError):
        client.login(user.name, "wrong")


def test_access_token_is_taken_until_revoked(dovecot: Dovecot, user: User) -> None:
    with IMAPClient("127.0.0.1", port=dovecot.port, ssl=False) as client:
        client.oauth2_login(user.name, dovecot.token(user))
    dovecot.introspection.revoke(dovecot.token(user))
    with IMAPClient("127.0.0.1", port=dovecot.port, ssl=False) as client, pytest.raises(IMAPClientError):
        client.oauth2_login(user.name, dovecot.token(user))


@pytest.mark.parametrize("make", [lambda server: User("bob"), lambda server: server.fresh(small=True)])
def test_small_mailbox_fills_up(dovecot: Dovecot, make: object) -> None:
    somebody = make(dovecot)  # type: ignore[operator]
    with pytest.raises(IMAPClientError, match="OVERQUOTA"):
        dovecot.append(somebody, "INBOX", [MESSAGE + b"x" * 1_000_000] * 6)


def test_poor_server_offers_little(poor_dovecot: Dovecot, poor_user: User) -> None:
    poor_dovecot.append(poor_user, "INBOX.Work", [MESSAGE])
    with poor_dovecot.connect(poor_user) as client:
        assert set(client.capabilities()) == {b"IMAP4REV1", b"CHILDREN", b"NAMESPACE"}
        assert client.namespace().personal == (("INBOX.", "."),)


def test_restart_keeps_mail(user: User) -> None:
    with Dovecot() as server:
        server.append(user, "INBOX", [MESSAGE])
        server.restart()
        with server.connect(user) as client:
            assert client.select_folder("INBOX")[b"EXISTS"] == 1


def test_proxy_cuts_once(dovecot: Dovecot, user: User) -> None:
    dovecot.append(user, "INBOX", [MESSAGE + b"x" * 100_000])
    with FaultyProxy(dovecot.port, cut_after=50_000) as proxy:
        client = IMAPClient("127.0.0.1", port=proxy.port, ssl=False)
        client.login(user.name, user.password)
        client.select_folder("INBOX")
        with pytest.raises((OSError, IMAPClient.AbortError)):
            client.fetch("1", ["BODY.PEEK[]"])
        client.shutdown()
        with IMAPClient("127.0.0.1", port=proxy.port, ssl=False) as again:
            again.login(user.name, user.password)
            again.select_folder("INBOX")
            assert again.fetch("1", ["BODY.PEEK[]"])
        assert proxy.connections == 2


@pytest.mark.parametrize(
    ("names", "expired", "self_signed"),
    [(("other.example",), False, False), (("localhost",), True, False), (("localhost",), False, True)],
)
def test_proxy_shows_wrong_certificates(
    dovecot: Dovecot, names: tuple[str, ...], expired: bool, self_signed: bool
) -> None:
    shown = dovecot.authority.issue(
        f"wrong-{names[0]}-{expired}", names=names, expired=expired, self_signed=self_signed
    )
    context = ssl.create_default_context(cafile=str(dovecot.ca_file))
    with (
        FaultyProxy(dovecot.port, tls=shown.server_context()) as proxy,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        IMAPClient("localhost", port=proxy.port, ssl_context=context)


def test_proxy_leaves_no_thread(dovecot: Dovecot) -> None:
    before = threading.active_count()
    with FaultyProxy(dovecot.port) as proxy, socket.create_connection(("127.0.0.1", proxy.port)) as link:
        assert link.recv(4) == b"* OK"
    assert threading.active_count() == before
