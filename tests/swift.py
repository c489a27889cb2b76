"""A real server that speaks S3: OpenStack Swift on one folder, started for the tests that need one.

``./run test`` installs it into ``var/swift``. Its four processes listen on this machine alone.
"""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

PYTHON = Path(__file__).resolve().parent.parent / "var/swift/bin/python"
KEY, SECRET = "test:tester", "testing"
KINDS = ("proxy", "object", "container", "account")

_RINGS = """
import json, sys
from swift.common.ring import RingBuilder
folder, ports = json.loads(sys.argv[1])
for kind, port in ports.items():
    builder = RingBuilder(1, 1, 0)
    builder.add_dev({"id": 0, "region": 1, "zone": 1, "weight": 1, "device": "disk", "meta": "",
        "ip": "127.0.0.1", "port": port, "replication_ip": "127.0.0.1", "replication_port": port})
    builder.rebalance()
    builder.get_ring().save(f"{folder}/{kind}.ring.gz")
"""
_HASH = "[swift-hash]\nswift_hash_path_suffix = tests\n"
_COMMON = """[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
swift_dir = {folder}
devices = {folder}/devices
mount_check = false
workers = 0
recon_cache_path = {folder}
"""
_STORE = """[pipeline:main]
pipeline = {kind}-server
[app:{kind}-server]
use = egg:swift#{kind}
"""
_PROXY = """[pipeline:main]
pipeline = catch_errors healthcheck cache s3api tempauth slo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:healthcheck]
use = egg:swift#healthcheck
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:1
[filter:s3api]
use = egg:swift#s3api
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
[filter:slo]
use = egg:swift#slo
"""


class Swift:
    """Answers at ``endpoint`` until it is stopped; :meth:`hold` makes it slow beyond any patience."""

    def __init__(self, folder: Path) -> None:
        ports = dict(zip(KINDS, _free_ports(len(KINDS)), strict=True))
        self.endpoint = f"http://127.0.0.1:{ports['proxy']}"
        (folder / "devices/disk").mkdir(parents=True)
        (folder / "swift.conf").write_text(_HASH)
        for kind, port in ports.items():
            text = _COMMON + (_PROXY if kind == "proxy" else _STORE)
            (folder / f"{kind}.conf").write_text(text.format(port=port, folder=folder, kind=kind))
        rings = {kind: port for kind, port in ports.items() if kind != "proxy"}
        subprocess.run([PYTHON, "-c", _RINGS, json.dumps([str(folder), rings])], check=True)
        self._processes = {kind: _start(folder, kind) for kind in KINDS}
        self._wait()

    def hold(self) -> None:
        """Connections are taken and nothing is answered."""
        self._processes["proxy"].send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """As before :meth:`hold`."""
        self._processes["proxy"].send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """From now on nobody answers."""
        for process in self._processes.values():
            process.kill()
            process.wait(timeout=20)

    def _wait(self) -> None:
        until = time.monotonic() + 60
        while True:
            try:
                urlopen(f"{self.endpoint}/healthcheck", timeout=5).close()  # noqa: S310 - our own server
                return
            except (URLError, OSError):
                if time.monotonic() > until:
                    self.stop()
                    raise
                time.sleep(0.1)


@contextmanager
def serving_s3(folder: Path) -> Iterator[Swift]:
    """A server on an empty folder that is gone afterwards."""
    server = Swift(folder)
    try:
        yield server
    finally:
        server.stop()


def _start(folder: Path, kind: str) -> subprocess.Popen[bytes]:
    with (folder / f"{kind}.log").open("wb") as log:
        return subprocess.Popen(
            [PYTHON.with_name(f"swift-{kind}-server"), folder / f"{kind}.conf", "--verbose"],
            env=os.environ | {"PATH": f"{PYTHON.parent}:{os.environ['PATH']}"},
            stdout=log,
            stderr=log,
        )


def _free_ports(count: int) -> list[int]:
    listeners = [socket.create_server(("127.0.0.1", 0)) for _number in range(count)]
    ports = [listener.getsockname()[1] for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports
