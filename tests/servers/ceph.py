"""Ceph's object gateway on loopback: a real S3 server with versions, object lock and atomic conditional create.

One monitor, one OSD that keeps everything in memory, one gateway with and without TLS; as root or as anybody.
"""

import os
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from tests.servers.certificates import Authority
from tests.servers.ports import free_ports
from tests.servers.program import answers
from tests.servers.shared import keep

PROGRAMS = ("ceph-mon", "ceph-osd", "radosgw", "ceph", "radosgw-admin", "monmaptool")
ACCESS_KEY, SECRET_KEY = "testkey", "testsecret"
_QUOTA_KEY = "smallkey"

_SETTINGS = """\
[global]
fsid = {fsid}
mon host = v2:127.0.0.1:{monitor}
mon initial members = a
public network = 127.0.0.0/8
auth cluster required = none
auth service required = none
auth client required = none
auth supported = none
run dir = {base}/run
admin socket = {base}/run/$name.asok
pid file = {base}/run/$name.pid
log file = {base}/log/$name.log
keyring = {base}/keyring
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon allow pool delete = true
mon max pg per osd = 1000
mon warn on pool no redundancy = false
ms bind msgr1 = false
ms mon client mode = crc
[mon]
mon data = {base}/mon
mon cluster log file = {base}/log/cluster.log
[mon.a]
public addr = v2:127.0.0.1:{monitor}
[osd]
osd data = {base}/osd
osd objectstore = memstore
memstore device bytes = 4294967296
osd memory target = 939524096
public addr = 127.0.0.1
cluster addr = 127.0.0.1
osd max object name len = 460
[client.rgw.a]
rgw data = {base}/rgw
rgw frontends = beast tcp_nodelay=1 endpoint=127.0.0.1:{plain} ssl_endpoint=127.0.0.1:{tls} \
ssl_certificate={certificate}
rgw thread pool size = 32
rgw dns name = localhost
rgw enable usage log = false
rgw run sync thread = false
rgw gc processor period = 60
rgw bucket quota ttl = 0
rgw crypt require ssl = false
rgw crypt default encryption key = 4YSmvJtBv0aZ7geVgAsdpRnLBEwWSWlMIGnRS8a9TSA=
"""


class Ceph:
    """One running cluster."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self._processes: list[subprocess.Popen[bytes]] = []

    @staticmethod
    def missing() -> list[str]:
        """Programs that are not installed."""
        return [program for program in PROGRAMS if shutil.which(program) is None]

    def start(self) -> dict[str, object]:
        """Make the cluster and start it. About twenty seconds."""
        for name in ("mon", "osd", "rgw", "run", "log"):
            (self.base / name).mkdir()
        authority = Authority(self.base)
        shown = authority.issue("gateway", names=("localhost", "127.0.0.1", "*.localhost"))
        both = self.base / "gateway-both.pem"
        both.write_bytes(shown.certificate.read_bytes() + shown.key.read_bytes())
        fsid = str(uuid.uuid4())
        plain, tls, monitor = free_ports(3)
        (self.base / "ceph.conf").write_text(
            _SETTINGS.format(base=self.base, fsid=fsid, plain=plain, tls=tls, monitor=monitor, certificate=both)
        )
        self._run("monmaptool", "--create", "--clobber", "--fsid", fsid, "--addv", "a", f"[v2:127.0.0.1:{monitor}]",
                  self.base / "monmap", settings=False)  # fmt: skip
        self._run("ceph-mon", "-i", "a", "--mkfs", "--monmap", self.base / "monmap")
        self._serve("mon", "ceph-mon", "-i", "a", "-f")
        self._wait("the monitor", lambda: self._succeeds("timeout", "5", "ceph", "mon", "stat"))
        osd = str(uuid.uuid4())
        self._run("ceph", "osd", "new", osd)
        self._run("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", osd)
        self._serve("osd", "ceph-osd", "-i", "0", "-f")
        self._wait("the OSD", lambda: b"1 up" in self._output("ceph", "osd", "stat"))
        self._user("test", ACCESS_KEY, SECRET_KEY)
        self._user("small", _QUOTA_KEY, SECRET_KEY)
        self._run("radosgw-admin", "quota", "set", "--quota-scope=bucket", "--uid=small", "--max-size=65536")
        self._run("radosgw-admin", "quota", "enable", "--quota-scope=bucket", "--uid=small")
        self._serve("rgw", "radosgw", "-n", "client.rgw.a", "-f")
        self._wait("the gateway", lambda: answers(plain))
        return {
            "port": plain,
            "tls_port": tls,
            "authority": str(authority.file),
            "access_key": ACCESS_KEY,
            "secret_key": SECRET_KEY,
            "small_access_key": _QUOTA_KEY,
            "log": str(self.base / "log"),
        }

    def stop(self) -> None:
        """Stop all three."""
        for process in reversed(self._processes):
            process.kill()  # nothing that they keep is wanted
            process.wait()

    def _user(self, name: str, access_key: str, secret_key: str) -> None:
        self._run("radosgw-admin", "user", "create", f"--uid={name}", f"--display-name={name}",
                  f"--access-key={access_key}", f"--secret-key={secret_key}")  # fmt: skip

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "CEPH_CONF": str(self.base / "ceph.conf")}

    def _command(self, words: tuple[str | Path, ...], settings: bool) -> list[str | Path]:
        return [*words, *(("-c", self.base / "ceph.conf") if settings else ())]

    def _run(self, *words: str | Path, settings: bool = True) -> None:
        done = subprocess.run(
            self._command(words, settings), env=self._environment(), capture_output=True, check=False, timeout=120
        )
        if done.returncode:
            raise RuntimeError(f"{words[0]}: {done.stderr.decode(errors='replace')}")

    def _output(self, *words: str | Path) -> bytes:
        return subprocess.run(
            self._command(words, True), env=self._environment(), capture_output=True, check=False, timeout=120
        ).stdout

    def _succeeds(self, *words: str | Path) -> bool:
        done = subprocess.run(
            self._command(words, True), env=self._environment(), capture_output=True, check=False, timeout=120
        )
        return done.returncode == 0

    def _serve(self, name: str, *words: str | Path) -> None:
        with (self.base / "log" / f"{name}.out").open("wb") as log:
            self._processes.append(
                subprocess.Popen(
                    ["setpriv", "--pdeathsig", "KILL", *self._command(words, True)],
                    env=self._environment(),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd="/",
                )
            )

    def _wait(self, what: str, is_there: Callable[[], bool]) -> None:
        until = time.monotonic() + 120
        while not is_there():
            dead = [process.args for process in self._processes if process.poll() is not None]
            if dead or time.monotonic() > until:
                logs = "\n".join(
                    path.read_text(errors="replace")[-3000:] for path in sorted((self.base / "log").iterdir())
                )
                raise RuntimeError(f"{what} does not start:\n{logs}")
            time.sleep(0.2)


if __name__ == "__main__":
    keep(Path(sys.argv[1]), Ceph)
