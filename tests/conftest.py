"""What tests share: real servers for a whole session, made-up users for each test, samples of real mail."""

import gc
import os
import signal
from collections.abc import Generator, Iterator

import pytest
from hypothesis import settings

from tests.corpora import corpora
from tests.servers.buckets import ceph, moto, rclone, swift
from tests.servers.dovecot import PROGRAM, Dovecot, User

__all__ = ["ceph", "corpora", "moto", "rclone", "swift"]

_LOG_LINES = 60

# Some machines name a certificate bundle here, and it would win over the authorities that tests make up.
for _name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "AWS_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"):
    os.environ.pop(_name, None)
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# How long an example takes says how busy the machine is.
settings.register_profile("untimed", parent=settings.default, deadline=None)
settings.load_profile("untimed")
# Started in the background, a shell lets its programs ignore Ctrl-C, and all that they start would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """A rich IMAP server: TLS, QRESYNC, quota, XOAUTH2; each worker has its own."""
    yield from _serve(poor=False)


@pytest.fixture(scope="session")
def poor_dovecot() -> Iterator[Dovecot]:
    """An IMAP server that offers next to nothing; its folders are ``INBOX.Name``."""
    yield from _serve(poor=True)


@pytest.fixture
def user(dovecot: Dovecot) -> User:
    """Somebody with an empty mailbox on the rich server."""
    return dovecot.fresh()


@pytest.fixture
def poor_user(poor_dovecot: Dovecot) -> User:
    """Somebody with an empty mailbox on the poor server."""
    return poor_dovecot.fresh()


def _serve(*, poor: bool) -> Iterator[Dovecot]:
    if not PROGRAM.exists():
        pytest.skip(f"SERVER MISSING: {PROGRAM} is not installed (make test installs it); nothing was proven here")
    with Dovecot(poor=poor) as server:
        yield server


def pytest_collection_finish() -> None:
    """Take what was loaded until now out of every later search for garbage: windows search when they close."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, bool, bool]:
    """Remember where the servers' logs stood before the test."""
    item.stash[_POSITIONS] = {server: server.log_position() for server in _servers(item)}
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Attach what the servers logged meanwhile to a failure."""
    report = yield
    if report.failed:
        positions = item.stash.get(_POSITIONS, {})
        for server in _servers(item):
            lines = server.log_since(positions.get(server, 0)).splitlines()[-_LOG_LINES:]
            report.sections.append(("Dovecot's log", "\n".join(lines)))
    return report


_POSITIONS = pytest.StashKey[dict[Dovecot, int]]()


def _servers(item: pytest.Item) -> list[Dovecot]:
    values = getattr(item, "funcargs", {}).values()
    return [value for value in values if isinstance(value, Dovecot)]
