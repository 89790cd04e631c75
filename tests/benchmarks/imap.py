"""First backup and no-change run of one account on a real Dovecot, beside mbsync, in the same run."""

import json
import shutil
import sys
import tempfile
from itertools import islice
from pathlib import Path

from saasbackup_desktop.sim.letters import letters
from tests.benchmarks.figures import Run, program, tell, title
from tests.servers.dovecot import PASSWORD, Dovecot, User

_FOLDERS = ("INBOX", "Archive/2024", "Archive/2025", "Projects/Alpha", "Sent")
_MEMORY = 300_000_000
_MBSYNC = """\
IMAPAccount bench
Host 127.0.0.1
Port {port}
User {user}
Pass {password}
SSLType None

IMAPStore far
Account bench

MaildirStore near
Path {folder}/
Inbox {folder}/INBOX
SubFolders Verbatim

Channel bench
Far :far:
Near :near:
Patterns *
Create Near
Sync Pull
SyncState *
"""


def run(count: int | None) -> None:
    """Measure with ``count`` messages, 20,000 unless said otherwise."""
    count = count or 20_000
    title(f"IMAP: {count:,} messages on a local Dovecot")
    place = Path(tempfile.mkdtemp(prefix="bench-imap-"))
    try:
        with Dovecot() as server:
            _measure(server, place, count)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _measure(server: Dovecot, place: Path, count: int) -> None:
    user = User("alice")
    size = _fill(server, user, count)
    _warm(server, user)
    settings = place / "mbsyncrc"
    copies = place / "maildir"
    copies.mkdir()
    settings.write_text(_MBSYNC.format(port=server.port, user=user.name, password=PASSWORD, folder=copies))
    ours = _Ours(server, user, place)
    peer = ["mbsync", "-c", settings, "bench"]

    first = ours.backup("first")
    peer_first = _checked(program(peer, log=place / "mbsync-first.log", environment={"HOME": str(place)}))
    second = ours.backup("second")
    opening = ours.open()
    peer_second = _checked(program(peer, log=place / "mbsync-second.log", environment={"HOME": str(place)}))

    fetched = sum(1 for path in copies.rglob("*") if path.is_file() and path.parent.name in ("new", "cur"))
    tell("messages, bytes", f"{count:,}", f"{size / 1e6:,.0f} MB; mbsync has {fetched:,}: it skips broken headers")
    tell("messages that we have", f"{ours.messages():,}", f"of {count:,}", good=ours.messages() == count)
    _beside("first backup", first, peer_first, count)
    _beside("run without a change", second, peer_second, count)
    tell("of which starting and opening the vault", f"{opening.seconds:,.2f} s", "the key is slow to derive on purpose")
    tell("peak memory", f"{first.peak / 1e6:,.0f} MB", f"limit {_MEMORY / 1e6:,.0f} MB", good=first.peak < _MEMORY)
    stored = sum(path.stat().st_size for path in (place / "vault").rglob("*") if path.is_file())
    tell("vault on disk", f"{stored / 1e6:,.0f} MB", f"originals {size / 1e6:,.0f} MB")


def _beside(what: str, ours: Run, peer: Run, count: int) -> None:
    tell(
        what,
        f"{ours.seconds:,.2f} s",
        f"mbsync {peer.seconds:,.2f} s ({count / ours.seconds:,.0f}/s, mbsync {count / peer.seconds:,.0f}/s; "
        f"processor {ours.cpu:,.1f} s, mbsync {peer.cpu:,.1f} s)",
        good=ours.seconds <= peer.seconds,
    )


def _fill(server: Dovecot, user: User, count: int) -> int:
    written = letters(1, count, clean=True)
    size = 0
    for number, folder in enumerate(_FOLDERS):
        share = list(islice(written, count // len(_FOLDERS) + (number < count % len(_FOLDERS))))
        size += sum(len(letter.data) for letter in share)
        server.deliver(user, folder, share)
    return size


def _warm(server: Dovecot, user: User) -> None:
    """Read everything once, so that whoever comes first does not fill the server's caches for the other."""
    with server.connect(user) as client:
        for folder in _FOLDERS:
            if client.select_folder(folder, readonly=True)[b"EXISTS"]:
                client.fetch("1:*", ["RFC822.SIZE", "INTERNALDATE", "FLAGS"])
                for first in range(1, 100_000, 500):
                    if not client.fetch(f"{first}:{first + 499}", ["BODY.PEEK[]"]):
                        break


def _checked(run: Run) -> Run:
    if run.code:
        raise RuntimeError(f"ended with {run.code}:\n{run.output[-3000:]}")
    return run


class _Ours:
    """The command line, as a person would use it."""

    def __init__(self, server: Dovecot, user: User, place: Path) -> None:
        self._place = place
        self._program = Path(sys.executable).parent / "saasbackup"
        self._environment = {
            "SAASBACKUP_HOME": str(place / "home"),
            "SAASBACKUP_PASSPHRASE_FILE": str(place / "passphrase"),
        }
        (place / "passphrase").write_text("a passphrase for the benchmark\n")
        (place / "password").write_text(user.password + "\n")
        self._say("create", "vault", "create", place / "vault", "--recovery-kit", place / "kit.pdf")
        self._say(
            *("add", "source", "add", "imap", "--name", "bench", "--host", "127.0.0.1", "--port", server.port),
            *("--tls", "none", "--user", user.name, "--password-file", place / "password"),
        )

    def backup(self, name: str) -> Run:
        return self._say(name, "backup", "bench")

    def open(self) -> Run:
        return self._say("open", "snapshots")

    def messages(self) -> int:
        return int(json.loads(self._say("count", "snapshots", "--json").output.splitlines()[0])["items"])

    def _say(self, name: str, *arguments: str | Path | int) -> Run:
        return _checked(
            program(
                [self._program, *map(str, arguments)],
                environment=self._environment,
                log=self._place / f"ours-{name}.log",
            )
        )
