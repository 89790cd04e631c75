"""Handing messages to a real mail server: every kind of protection and sign-in, and every refusal."""

import socket
from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest

from saasbackup_desktop.core import errors
from saasbackup_desktop.core.errors import Fault
from saasbackup_desktop.providers.notify.letter import Facts, Grid, Head, Letter, Para, Points
from saasbackup_desktop.providers.notify.mime import message
from saasbackup_desktop.providers.notify.settings import MailServer, MailSignIn, MailTls
from saasbackup_desktop.providers.notify.smtp import send
from tests.servers import mail
from tests.servers.certificates import Authority
from tests.servers.mail import PASSWORD, TOKEN, USER, mail_server

TO = "ada@example.org"
LETTER = Letter(
    subject="Backup failed: ada@example.org (mail) – Grüße",
    blocks=(
        Para("Something <b>failed</b> & must be looked at. " * 4),
        Head("Details"),
        Facts((("Task", "Nightly"), ("Account", TO))),
        Points(("one", "two " * 30)),
        Grid(("Folder", "Items"), (("INBOX", "3"), ("Reisen & Übernachtungen", "1"))),
    ),
    is_bad=True,
    files=(("summary.csv", "a,b\r\n1,2\r\n"),),
)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def made(id: str = "ab12") -> EmailMessage:
    return message(LETTER, id=id, made=1_795_219_200, sender=USER, sender_name="SaaS Backup", recipient=TO)


def reach(state: mail.MailServer, authority: Authority, **more: object) -> MailServer:
    server = MailServer(
        host="localhost", port=state.port, user=USER, sender=USER, ca_file=str(authority.file), tls=MailTls.STARTTLS
    )
    return replace(server, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("method", ["PLAIN", "LOGIN"])
@pytest.mark.parametrize("tls", [MailTls.STARTTLS, MailTls.IMPLICIT])
def test_signs_in_over_tls_of_its_own_authority(authority: Authority, tls: MailTls, method: str) -> None:
    context = authority.issue(f"mail-{tls}-{method}").server_context()
    with mail_server(context, is_implicit=tls is MailTls.IMPLICIT, methods=(method,)) as state:
        answer = send(reach(state, authority, tls=tls), PASSWORD, made(), TO)
    assert answer.status == 250
    assert "thank you" in answer.text
    assert state.used == [method]
    [(to, got)] = state.received
    assert to == TO
    assert got["Subject"] == LETTER.subject
    assert got["From"] == f"SaaS Backup <{USER}>"
    assert got["To"] == TO
    assert got["Message-ID"] == "<ab12.notice@example.org>"
    assert got["Auto-Submitted"] == "auto-generated"
    assert got["Date"] == "Sat, 21 Nov 2026 00:00:00 +0000"
    text = got.get_body(("plain",)).get_content()
    assert all(len(line) <= 72 for line in text.splitlines())
    html = got.get_body(("html",)).get_content()
    assert "&lt;b&gt;failed&lt;/b&gt; &amp; must" in html
    assert not any(word in html for word in ("http", "src=", "<script", "<link", "url("))
    [file] = list(got.iter_attachments())
    assert (file.get_filename(), file.get_content()) == ("summary.csv", "a,b\r\n1,2\r\n")


def test_oauth(authority: Authority) -> None:
    with mail_server(authority.issue("mail-oauth").server_context()) as state:
        server = reach(state, authority, sign_in=MailSignIn.OAUTH)
        assert send(server, TOKEN, made(), TO).status == 250
        with pytest.raises(errors.SignInNeeded) as refused:
            send(server, "an old token", made(), TO)
    assert state.used == ["XOAUTH2", "XOAUTH2"]
    assert len(state.received) == 1
    assert "old token" not in str(refused.value.facts)


def test_a_relay_that_takes_it_without_anything(authority: Authority) -> None:
    with mail_server(signs_in=False) as state:
        server = reach(state, authority, tls=MailTls.NONE, sign_in=MailSignIn.NONE)
        assert send(server, "", made(), TO).status == 250
    assert not state.used


Answers = dict[str, str]


@pytest.mark.parametrize(
    ("answers", "kind", "reason"),
    [
        ({f"rcpt {TO}": "550 5.1.1 no such user here"}, errors.AddressRefused, ""),
        ({"mail": "553 5.7.1 not your address"}, errors.AddressRefused, ""),
        ({f"rcpt {TO}": "451 4.7.1 greylisted, come back"}, errors.NotDelivered, "later"),
        ({"data": "554 5.7.0 looks like spam"}, errors.NotDelivered, ""),
        ({"data": "452 4.3.1 out of room"}, errors.NotDelivered, "later"),
    ],
)
def test_refusals_say_what_the_server_said(
    authority: Authority, answers: Answers, kind: type[Fault], reason: str
) -> None:
    with mail_server(signs_in=False) as state:
        state.answers.update(answers)
        server = reach(state, authority, tls=MailTls.NONE, sign_in=MailSignIn.NONE)
        with pytest.raises(kind) as refused:
            send(server, "", made(), TO)
    [said] = answers.values()
    assert refused.value.facts["answer"] == said[4:]
    assert refused.value.facts["status"] == int(said[:3])
    assert refused.value.facts.get("reason", "") == reason


def _wrong_password(server: MailServer, authority: Authority) -> MailServer:
    return server


def _not_trusted(server: MailServer, authority: Authority) -> MailServer:
    return replace(server, ca_file="")


def _wrong_tls(server: MailServer, authority: Authority) -> MailServer:
    return replace(server, tls=MailTls.IMPLICIT)


def _no_sign_in(server: MailServer, authority: Authority) -> MailServer:
    return replace(server, sign_in=MailSignIn.NONE)


def _no_authority(server: MailServer, authority: Authority) -> MailServer:
    return replace(server, ca_file=str(authority.file.parent / "missing.pem"))


def _nobody(server: MailServer, authority: Authority) -> MailServer:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return replace(server, port=free.getsockname()[1])


def _unknown(server: MailServer, authority: Authority) -> MailServer:
    return replace(server, host="mail.invalid")


@pytest.mark.parametrize(
    ("change", "kind", "reason"),
    [
        (_wrong_password, errors.SignInNeeded, ""),
        (_not_trusted, errors.CertificateRefused, "authority"),
        (_wrong_tls, errors.TlsUnavailable, "smtp"),
        (_no_sign_in, errors.SignInNeeded, "smtp-required"),
        (_no_authority, errors.Misconfigured, "authority-file"),
        (_nobody, errors.Unreachable, "refused"),
        (_unknown, errors.UnknownHost, ""),
    ],
)
def test_what_goes_wrong_is_named(
    authority: Authority,
    tmp_path: Path,
    change: Callable[[MailServer, Authority], MailServer],
    kind: type[Fault],
    reason: str,
) -> None:
    with mail_server(authority.issue("mail-wrong").server_context()) as state:
        with pytest.raises(kind) as refused:
            send(change(reach(state, authority), authority), "not the password", made(), TO)
        assert not state.received
    assert refused.value.facts.get("reason", "") == reason
    assert "not the password" not in repr(refused.value) + str(refused.value.facts)


def test_a_server_without_starttls_or_sign_in(authority: Authority) -> None:
    with mail_server(signs_in=False) as state, pytest.raises(errors.TlsUnavailable):
        send(reach(state, authority), PASSWORD, made(), TO)
    with (
        mail_server(authority.issue("mail-few").server_context(), methods=("PLAIN",)) as state,
        pytest.raises(errors.SignInNeeded) as refused,
    ):
        send(reach(state, authority, sign_in=MailSignIn.OAUTH), TOKEN, made(), TO)
    assert refused.value.facts["reason"] == "smtp-method"


def test_expired_and_misnamed_certificates(authority: Authority, tmp_path: Path) -> None:
    for certificate, reason in (
        (authority.issue("mail-old", expired=True), "expired"),
        (authority.issue("mail-other", names=("mail.example.org",)), "name"),
    ):
        with mail_server(certificate.server_context()) as state, pytest.raises(errors.CertificateRefused) as refused:
            send(reach(state, authority), PASSWORD, made(), TO)
        assert refused.value.facts["reason"] == reason
