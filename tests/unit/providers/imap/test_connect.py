"""Connections: TLS of every kind, ways to sign in, and what goes wrong with a name of its own."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from saasbackup_desktop.core.errors import (
    CertificateRefused,
    Fault,
    Misconfigured,
    SignInNeeded,
    Throttled,
    TlsUnavailable,
    UnknownHost,
    Unreachable,
)
from saasbackup_desktop.providers.imap import ImapSettings, SignIn, Tls, probe
from saasbackup_desktop.providers.imap.connect import connect
from tests.servers.dovecot import Dovecot, User
from tests.servers.proxy import FaultyProxy
from tests.unit.providers.imap.conftest import settings
from tests.unit.providers.imap.scripted import Scripted


def opened(server: Dovecot, user: User, secret: str = "secret", **more: object) -> None:
    connect(settings(server, user, **more), lambda: secret).close()


@pytest.mark.parametrize("sign_in", [SignIn.LOGIN, SignIn.PLAIN])
@pytest.mark.parametrize("tls", list(Tls))
def test_sign_in_over_each_kind_of_tls(dovecot: Dovecot, user: User, tls: Tls, sign_in: SignIn) -> None:
    port = dovecot.tls_port if tls is Tls.IMPLICIT else dovecot.port
    opened(dovecot, user, tls=tls, port=port, sign_in=sign_in, ca_file=str(dovecot.ca_file))


def test_sign_in_with_a_token(dovecot: Dovecot, user: User) -> None:
    opened(dovecot, user, dovecot.token(user), sign_in=SignIn.XOAUTH2)
    with pytest.raises(SignInNeeded):
        opened(dovecot, user, "no-token", sign_in=SignIn.XOAUTH2)


@pytest.mark.parametrize("sign_in", [SignIn.LOGIN, SignIn.PLAIN])
def test_wrong_password(dovecot: Dovecot, user: User, sign_in: SignIn, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(SignInNeeded) as raised:
        opened(dovecot, user, "wröng word", sign_in=sign_in)
    assert "wröng" not in caplog.text + str(raised.value) + repr(raised.value.facts)


def test_secrets_stay_out_of_logs(dovecot: Dovecot, user: User, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for sign_in in (SignIn.LOGIN, SignIn.PLAIN):
        opened(dovecot, user, sign_in=sign_in)
    assert "secret" not in caplog.text
    assert "AHVzZXI" not in caplog.text  # PLAIN in base64


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ({"expired": True}, "expired"),
        ({"self_signed": True}, "self-signed"),
        ({"names": ("elsewhere.example",)}, "name"),
    ],
)
@pytest.mark.parametrize("tls", [Tls.IMPLICIT])
def test_bad_certificates(dovecot: Dovecot, user: User, kind: dict[str, object], reason: str, tls: Tls) -> None:
    shown = dovecot.authority.issue("bad-" + reason, **kind)  # type: ignore[arg-type]
    with FaultyProxy(dovecot.port, tls=shown.server_context()) as proxy:
        with pytest.raises(CertificateRefused) as raised:
            opened(dovecot, user, port=proxy.port, tls=tls, ca_file=str(dovecot.ca_file))
        assert raised.value.facts == {"host": "localhost", "reason": reason}


@pytest.mark.parametrize("tls", [Tls.IMPLICIT, Tls.STARTTLS])
def test_unknown_authority(dovecot: Dovecot, user: User, tls: Tls) -> None:
    port = dovecot.tls_port if tls is Tls.IMPLICIT else dovecot.port
    with pytest.raises(CertificateRefused) as raised:
        opened(dovecot, user, port=port, tls=tls)
    assert raised.value.facts["reason"] == "authority"


def test_tls_where_there_is_none(dovecot: Dovecot, user: User) -> None:
    with pytest.raises(TlsUnavailable):
        opened(dovecot, user, tls=Tls.IMPLICIT, ca_file=str(dovecot.ca_file))


def test_missing_authority_file(dovecot: Dovecot, user: User) -> None:
    with pytest.raises(Misconfigured):
        opened(dovecot, user, tls=Tls.IMPLICIT, ca_file="/nowhere/authority.pem")


def test_unknown_host() -> None:
    with pytest.raises(UnknownHost):
        connect(ImapSettings(host="no-such-host.invalid", user="a"), lambda: "x")


def test_nobody_listens(dovecot: Dovecot, user: User) -> None:
    with pytest.raises(Unreachable):
        opened(dovecot, user, port=1)


def test_server_that_hangs_up(dovecot: Dovecot, user: User) -> None:
    with FaultyProxy(dovecot.port, refuse=True) as proxy, pytest.raises(Unreachable):
        opened(dovecot, user, port=proxy.port)


@contextmanager
def scripted(*lines: bytes, greeting: bytes = b"* OK ready") -> Iterator[ImapSettings]:
    with Scripted(lines, greeting) as server:
        yield ImapSettings(host="localhost", user="a", port=server.port, tls=Tls.NONE, patience=0.01, answer_seconds=5)


@pytest.mark.parametrize(
    ("lines", "greeting", "fault"),
    [
        ([], b"* BYE Too many connections from your address", Throttled),
        ([], b"* BYE going down", Unreachable),
        ([b"LOGIN", b"NO [AUTHENTICATIONFAILED] no"], b"* OK hi", SignInNeeded),
        ([b"LOGIN", b"NO no"], b"* OK hi", SignInNeeded),
        ([b"LOGIN", b"NO [UNAVAILABLE] backend down"], b"* OK hi", Throttled),
        ([b"LOGIN", b"NO [ALERT] Too many simultaneous connections. (Failure)"], b"* OK hi", Throttled),
        ([b"LOGIN", b"NO [PRIVACYREQUIRED] TLS first"], b"* OK hi", Misconfigured),
        ([b"LOGIN", b"BYE"], b"* OK hi", Unreachable),
    ],
)
def test_refusals(lines: list[bytes], greeting: bytes, fault: type[Fault]) -> None:
    with scripted(*lines, greeting=greeting) as where, pytest.raises(fault) as raised:
        connect(where, lambda: "x")
    assert type(raised.value) is fault


def test_plain_text_sign_in_forbidden() -> None:
    with (
        scripted(b"CAPABILITY", b"IMAP4rev1 STARTTLS LOGINDISABLED") as where,
        pytest.raises(Misconfigured) as raised,
    ):
        connect(where, lambda: "x")
    assert raised.value.facts["reason"] == "tls-required"


def test_greeted_as_somebody_known() -> None:
    with scripted(greeting=b"* PREAUTH welcome") as where:
        connect(where, lambda: pytest.fail("no secret is needed")).close()


async def test_probe_says_what_is_there(dovecot: Dovecot, user: User) -> None:
    dovecot.append(user, "INBOX", [b"Subject: x\r\n\r\nhello\r\n"] * 3)
    found = await probe(settings(dovecot, user), lambda: user.password)
    assert found.server == "Dovecot"
    assert (found.folders, found.messages, found.size, found.room) == (6, 3, 63, None)
    assert {"qresync", "condstore", "uidplus", "multiappend", "literal-plus", "quota", "special-use"} <= set(
        found.abilities
    )
    assert found.warnings == ("not-encrypted",)
    assert found.message_limit == 52_428_800


async def test_probe_of_a_poor_server(poor_dovecot: Dovecot, poor_user: User) -> None:
    found = await probe(settings(poor_dovecot, poor_user), lambda: "secret")
    assert found.abilities == ("namespace",)
    assert found.warnings == ("not-encrypted", "no-condstore")
    assert (found.size, found.message_limit) == (None, None)


async def test_probe_asks_once_only(dovecot: Dovecot, user: User) -> None:
    with FaultyProxy(dovecot.port, refuse=True) as proxy:
        with pytest.raises(Unreachable):
            await probe(settings(dovecot, user, port=proxy.port), lambda: "secret")
        assert proxy.connections == 1
