"""OpenStack's Swift on loopback, by its S3 side: a real server whose conditional create loses races.

It lives in an environment of its own, ``.tools/swift``, that packaging/setup.sh makes.
"""

import getpass
import subprocess
import sys
import time
from pathlib import Path

from tests.servers.ports import free_ports
from tests.servers.program import answers
from tests.servers.shared import keep

PROGRAMS = Path(__file__).resolve().parents[2] / ".tools" / "swift" / "bin"
ACCESS_KEY, SECRET_KEY = "test:tester", "testing"
_SECONDS = 120.0
_KINDS = ("object", "container", "account")

_CLUSTER = """\
[swift-hash]
swift_hash_path_prefix = p
swift_hash_path_suffix = s
[storage-policy:0]
name = gold
default = yes
"""
_STORAGE = """\
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
devices = {base}/node
mount_check = false
swift_dir = {base}/etc
user = {user}
workers = 0
recon_cache_path = {base}/cache
log_level = WARNING
log_address = {base}/none
disable_fallocate = true
fallocate_reserve = 0
[pipeline:main]
pipeline = {kind}-server
[app:{kind}-server]
use = egg:swift#{kind}
"""
_PROXY = """\
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
swift_dir = {base}/etc
user = {user}
workers = 0
log_level = WARNING
[pipeline:main]
pipeline = catch_errors gatekeeper healthcheck cache listing_formats bulk s3api tempauth slo dlo versioned_writes \
symlink proxy-server
[app:proxy-server]
use = egg:swift#proxy
allow_account_management = true
account_autocreate = true
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:1
[filter:versioned_writes]
use = egg:swift#versioned_writes
allow_object_versioning = true
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
[filter:s3api]
use = egg:swift#s3api
s3_acl = false
location = us-east-1
dns_compliant_bucket_names = true
check_bucket_owner = false
"""
_PLAIN_FILTERS = ("catch_errors", "gatekeeper", "healthcheck", "listing_formats", "bulk", "slo", "dlo", "symlink")


class Swift:
    """One node with everything on it."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self._processes: list[subprocess.Popen[bytes]] = []

    @staticmethod
    def is_there() -> bool:
        """Has its environment been made?"""
        return (PROGRAMS / "swift-proxy-server").exists()

    def start(self) -> dict[str, object]:
        """Write its settings and start it. Up to half a minute."""
        for name in ("etc", "node/sdb1", "cache", "log"):
            (self.base / name).mkdir(parents=True)
        user = getpass.getuser()
        proxy, *ports = free_ports(1 + len(_KINDS))
        etc = self.base / "etc"
        (etc / "swift.conf").write_text(_CLUSTER)
        for kind, port in zip(_KINDS, ports, strict=True):
            self._build_ring(kind, port)
            (etc / f"{kind}.conf").write_text(_STORAGE.format(port=port, base=self.base, user=user, kind=kind))
            self._serve(f"swift-{kind}-server", etc / f"{kind}.conf")
        filters = "".join(f"[filter:{name}]\nuse = egg:swift#{name}\n" for name in _PLAIN_FILTERS)
        (etc / "proxy.conf").write_text(_PROXY.format(port=proxy, base=self.base, user=user) + filters)
        self._serve("swift-proxy-server", etc / "proxy.conf")
        until = time.monotonic() + _SECONDS
        while not answers(proxy):
            if any(process.poll() is not None for process in self._processes) or time.monotonic() > until:
                logs = "\n".join(path.read_text(errors="replace")[-2000:] for path in (self.base / "log").iterdir())
                raise RuntimeError(f"Swift does not start:\n{logs}")
            time.sleep(0.2)
        return {"port": proxy, "access_key": ACCESS_KEY, "secret_key": SECRET_KEY}

    def stop(self) -> None:
        """Stop all of it."""
        for process in reversed(self._processes):
            process.kill()
            process.wait()

    def _build_ring(self, kind: str, port: int) -> None:
        for words in (["create", "4", "1", "0"], ["add", f"r1z1-127.0.0.1:{port}/sdb1", "1"], ["rebalance"]):
            builder = [PROGRAMS / "swift-ring-builder", f"{kind}.builder"]
            subprocess.run([*builder, *words], cwd=self.base / "etc", check=True, capture_output=True)

    def _serve(self, program: str, settings: Path) -> None:
        with (self.base / "log" / f"{program}.log").open("wb") as log:
            self._processes.append(
                subprocess.Popen(
                    ["setpriv", "--pdeathsig", "KILL", PROGRAMS / program, settings, "-v"],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd="/",
                )
            )


if __name__ == "__main__":
    keep(Path(sys.argv[1]), Swift)
