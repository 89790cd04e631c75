"""Dovecot on loopback: a rich server and a poor one, as root or as an ordinary user."""

import getpass
import grp
import itertools
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from saasbackup_desktop.sim.letter import Letter
from tests.servers.certificates import Authority
from tests.servers.introspection import Introspection

PROGRAM = Path("/usr/sbin/dovecot")
PASSWORD = "secret"
"""Of every user, those named below and those made up by ``fresh``."""
PEOPLE = ("alice", "bob", "carol", "dave", "erin")
SMALL_QUOTA = "5M"
_SMALL = tuple(f"small{number:02}" for number in range(60))
_MAIL_USER = 1500  # Dovecot refuses to serve mail as root; the number need not have a name
_START_SECONDS = 20.0

_TEMPLATE = """\
base_dir = {base}/run
state_dir = {base}/state
instance_name = test-{port}
log_path = {base}/dovecot.log
protocols = imap
listen = 127.0.0.1
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
auth_mechanisms = plain login xoauth2 oauthbearer
auth_verbose = yes
auth_failure_delay = 0
mail_fsync = never
mail_location = maildir:~/Maildir
first_valid_uid = 1
mail_max_userip_connections = 200
mail_plugins = $mail_plugins zlib quota
{capability}
namespace inbox {{
  inbox = yes
  separator = {separator}
  prefix = {prefix}
  mailbox Drafts {{
    special_use = \\Drafts
    auto = subscribe
  }}
  mailbox Sent {{
    special_use = \\Sent
    auto = subscribe
  }}
  mailbox Trash {{
    special_use = \\Trash
    auto = subscribe
  }}
  mailbox Junk {{
    special_use = \\Junk
    auto = subscribe
  }}
  mailbox Archive {{
    special_use = \\Archive
    auto = subscribe
  }}
}}
namespace public {{
  type = public
  separator = {separator}
  prefix = Public{separator}
  location = maildir:~/public
  subscriptions = no
  list = children
}}
plugin {{
  quota = maildir:User quota
}}
protocol imap {{
  mail_plugins = $mail_plugins imap_zlib imap_quota
  mail_max_userip_connections = 200
}}
passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {base}/oauth2.conf.ext
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {base}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={base}/mail/%u allow_all_users=yes
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  service_count = 0
  process_min_avail = 1
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
{extra}
"""

_OAUTH = """\
introspection_mode = post
introspection_url = {url}
username_attribute = username
active_attribute = active
active_value = true
"""


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who can sign in."""

    name: str
    password: str = PASSWORD


class Dovecot:
    """One running server. A context manager; ``fresh`` makes up users as tests need them."""

    host = "localhost"

    def __init__(self, *, poor: bool = False, extra: str = "", capability: str | None = None) -> None:
        """``extra``: further settings, later ones win. ``capability``: of the whole server, instead of its own."""
        self.poor = poor
        self.separator, self.prefix = (".", "INBOX.") if poor else ("/", "")
        self._extra = extra
        self._capability = capability or ("IMAP4rev1 CHILDREN NAMESPACE" if poor else "+APPENDLIMIT=52428800")
        self._numbers = itertools.count(1)
        self._small = iter(_SMALL)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.base = Path(tempfile.mkdtemp(prefix="dovecot-"))
        self.base.chmod(0o755)  # mail processes of another user pass through
        self.authority = Authority(self.base)
        self.ca_file = self.authority.file
        self.introspection = Introspection()
        for _ in range(3):  # a port found free may be taken by the time it is used
            self.port, self.tls_port = _free_ports(2)
            self._write_settings()
            self.start()
            if self._answers():
                return self
            self.stop()
        text = self.log_since(0)
        self.__exit__(None, None, None)
        raise RuntimeError(f"Dovecot does not start:\n{text}")

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self.introspection.close()
        shutil.rmtree(self.base, ignore_errors=True)

    def start(self) -> None:
        """Start the program; it ends with this process, however that ends."""
        with (self.base / "stderr.log").open("ab") as errors:
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", PROGRAM, "-F", "-c", self.base / "dovecot.conf"],
                stdout=subprocess.DEVNULL,
                stderr=errors,
                cwd="/",
            )

    def stop(self) -> None:
        """Stop the program and all that it started; mail stays."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def restart(self) -> None:
        """Stop and start again, at the same ports."""
        self.stop()
        self.start()
        if not self._answers():
            raise RuntimeError(f"Dovecot does not start again:\n{self.log_since(0)}")

    def fresh(self, *, small: bool = False) -> User:
        """Make up a user with an empty mailbox; ``small``: with a quota of 5 MB."""
        return User(next(self._small) if small else f"user{next(self._numbers):04}")

    def home(self, user: User) -> Path:
        """Where a user's mail lies."""
        return self.base / "mail" / user.name

    def token(self, user: User) -> str:
        """The access token that XOAUTH2 takes for this user."""
        return self.introspection.token(user.name)

    @contextmanager
    def connect(self, user: User) -> Iterator[IMAPClient]:
        """Sign in without TLS, as a second mail program would."""
        client = IMAPClient("127.0.0.1", port=self.port, ssl=False, use_uid=True)
        try:
            client.login(user.name, user.password)
            yield client
        finally:
            client.logout()

    def append(self, user: User, folder: str, messages: Iterable[bytes], flags: tuple[bytes, ...] = ()) -> None:
        """Put messages into a folder, made if missing; by MULTIAPPEND where the server has it."""
        self._append(user, folder, ({"msg": message, "flags": flags} for message in messages))

    def deliver(self, user: User, folder: str, letters: Iterable[Letter]) -> None:
        """Put letters into a folder, made if missing, with their flags and dates."""
        self._append(
            user,
            folder,
            ({"msg": letter.data, "flags": sorted(letter.flags), "date": letter.internal_date} for letter in letters),
        )

    def _append(self, user: User, folder: str, messages: Iterable[dict[str, Any]]) -> None:
        with self.connect(user) as client:
            client.normalise_times = False
            if not client.folder_exists(folder):
                client.create_folder(folder)
            if self.poor:
                for message in messages:
                    client.append(folder, message["msg"], message["flags"], message.get("date"))
                return
            for batch in _batches(messages, 500):
                answer = client.multiappend(folder, batch)
                if answer[0] == "NO":  # imapclient does not raise here, but returns the refusal
                    raise IMAPClientError(answer[1][0].decode())

    def log_position(self) -> int:
        """Where the log ends now."""
        log = self.base / "dovecot.log"
        return log.stat().st_size if log.exists() else 0

    def log_since(self, position: int) -> str:
        """What the server logged from a position on."""
        lines = []
        for name in ("stderr.log", "dovecot.log"):
            file = self.base / name
            if file.exists():
                data = file.read_bytes()
                lines.append(data[position if name == "dovecot.log" else 0 :].decode(errors="replace"))
        return "".join(lines)

    def _answers(self) -> bool:
        assert self._process is not None
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 1) as link:
                    link.settimeout(5)
                    if link.recv(4).startswith(b"* OK"):
                        return True
            except OSError:
                time.sleep(0.05)
        return False

    def _write_settings(self) -> None:
        shared = self.authority.issue("server")
        root = os.getuid() == 0
        uid, gid = (_MAIL_USER, _MAIL_USER) if root else (os.getuid(), os.getgid())
        me, my_group = getpass.getuser(), grp.getgrgid(os.getgid()).gr_name
        for name in ("run", "state", "mail"):
            (self.base / name).mkdir(exist_ok=True)
        os.chown(self.base / "mail", uid, gid)
        (self.base / "users").write_text(
            "".join(
                f"{name}::{uid}:{gid}::{self.base}/mail/{name}::userdb_quota_rule=*:storage={SMALL_QUOTA}\n"
                for name in ("bob", *_SMALL)
            )
        )
        (self.base / "oauth2.conf.ext").write_text(_OAUTH.format(url=self.introspection.url))
        (self.base / "dovecot.conf").write_text(
            _TEMPLATE.format(
                base=self.base,
                port=self.port,
                tls_port=self.tls_port,
                internal="dovecot" if root else me,
                group="dovecot" if root else my_group,
                login="dovenull" if root else me,
                certificate=shared.certificate,
                key=shared.key,
                capability=f"imap_capability = {self._capability}",
                separator=self.separator,
                prefix=self.prefix,
                password=PASSWORD,
                uid=uid,
                gid=gid,
                extra=self._extra,
            )
        )


def _free_ports(count: int) -> list[int]:
    links = [socket.socket() for _ in range(count)]
    try:
        for link in links:
            link.bind(("127.0.0.1", 0))
        return [link.getsockname()[1] for link in links]
    finally:
        for link in links:
            link.close()


def _batches(messages: Iterable[dict[str, Any]], count: int) -> Iterator[list[dict[str, Any]]]:
    iterator = iter(messages)
    while batch := list(itertools.islice(iterator, count)):
        yield batch
