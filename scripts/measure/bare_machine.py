"""A machine that has nothing but Debian: a container in which an engine of its own can run.

What registries, mirrors and certificates this machine uses, it uses. This machine's engine only
lends it the room.
"""

import io
import os
import re
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import docker
from docker.models.containers import Container

CHECKOUT = "/root/socklab"
INHERITED = re.compile(r"PIP_|SSL_CERT_|REQUESTS_CA_|DEBIAN_MIRROR$|(https?|no)_proxy$", re.I)
CERTIFICATES = ("/etc/ssl/certs", "/usr/share/ca-certificates", "/usr/local/share/ca-certificates")
WRITABLE = (
    "for mount in /proc/sys /sys /sys/fs/cgroup /sys/fs/cgroup/*/; do"
    " ! mountpoint -q $mount || mount -o remount,bind,rw $mount; done"
)


@dataclass(frozen=True)
class BareMachine:
    """A running machine with a fresh checkout."""

    container: Container

    def timed(self, script: str, *, folder: str = CHECKOUT) -> float:
        """Return the seconds that a shell script takes; raises RuntimeError where it fails."""
        started_s = time.perf_counter()
        status, output = self.container.exec_run(
            ["bash", "-e", "-o", "pipefail", "-c", script], workdir=folder
        )
        elapsed_s = time.perf_counter() - started_s
        if status != 0:
            raise RuntimeError(f"{script}\nended with status {status}:\n{str(output)[-2000:]}")
        return elapsed_s


@contextmanager
def bare_machine(root: Path, *, image: str) -> Iterator[BareMachine]:
    """Run a machine for the length of the block; it is removed with its disk."""
    container = docker.from_env().containers.run(
        image,
        ["sleep", "infinity"],
        detach=True,
        init=True,
        labels={"socklab": "bench"},
        environment={name: value for name, value in os.environ.items() if INHERITED.match(name)},
        volumes=[*(f"{path}:{path}:ro" for path in borrowed()), "/var/lib/docker"],
        # What an engine in a container has to be allowed.
        cap_add=["SYS_ADMIN", "NET_ADMIN", "SYS_PTRACE"],
        security_opt=["seccomp=unconfined", "apparmor=unconfined"],
        device_cgroup_rules=["a *:* rwm"],
        cgroupns="private",
    )
    try:
        machine = BareMachine(container=container)
        machine.timed(f"{WRITABLE}; mkdir -p {CHECKOUT}", folder="/")
        container.put_archive(CHECKOUT, checkout(root))
        yield machine
    finally:
        container.remove(force=True, v=True)


def borrowed() -> list[str]:
    """Return this machine's certificates, and the files and folders that its pip is set to use."""
    settings = subprocess.run(
        [sys.executable, "-m", "pip", "config", "debug"], check=True, capture_output=True, text=True
    ).stdout
    return sorted({path for path in (*CERTIFICATES, *paths(settings)) if Path(path).exists()})


def paths(settings: str) -> Iterable[str]:
    """Return the paths named in pip's settings; an index in a folder links to files beside it."""
    for scheme, path in re.findall(r"(file://)?(/[^\s',]+)", settings):
        yield str(Path(path).parent) if scheme else path


def checkout(root: Path) -> bytes:
    """Return a tar of what a fresh clone would hold, edits included."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=True,
        cwd=root,
        capture_output=True,
        text=True,
    ).stdout
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name in filter(None, listing.split("\0")):
            if (root / name).exists():
                archive.add(root / name, arcname=name)
    return buffer.getvalue()
