"""What kind of machine this is, and its distribution's packages."""

import os
import platform
import shutil
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from machine import text
from machine.command import Log, answer
from machine.errors import SetupError

FRESH_S = 3600.0
LISTS = Path("/var/lib/apt/lists")
# A dead mirror costs 20 s for each try, not apt's two minutes.
LIMITS = {
    "Acquire::http::Timeout": "20",
    "Acquire::https::Timeout": "20",
    "Acquire::Retries": "1",
}
OPTIONS = (
    *(f"-o{name}={value}" for name, value in LIMITS.items()),
    "-oDPkg::Lock::Timeout=120",  # another apt at work is waited for
    "-oDpkg::Use-Pty=0",  # without a terminal of its own dpkg ends when apt is told to
)
QUIET = {"DEBIAN_FRONTEND": "noninteractive", "NEEDRESTART_SUSPEND": "1"}


@dataclass(frozen=True)
class System:
    """What decides how the machine can be made ready."""

    is_linux: bool
    is_root: bool
    has_apt: bool  # Debian, Ubuntu and what descends from them
    has_systemd: bool


def this_system() -> System:
    """Look at the machine."""
    return System(
        is_linux=platform.system() == "Linux",
        is_root=os.geteuid() == 0,
        has_apt=is_debian_like(_os_release()) and shutil.which("apt-get") is not None,
        has_systemd=Path("/run/systemd/system").is_dir(),  # sd_booted(3)
    )


def is_debian_like(os_release: Mapping[str, str]) -> bool:
    """Is this Debian, Ubuntu, or a distribution made from one of them? See os-release(5)."""
    names = {os_release.get("ID", ""), *os_release.get("ID_LIKE", "").split()}
    return not names.isdisjoint({"debian", "ubuntu"})


def install(packages: Iterable[str], *, system: System, log: Log) -> None:
    """Install distribution packages, or raise SetupError with the command that does."""
    names = sorted(packages)
    if not names:
        return
    wanted = " ".join(names)
    by_hand = ["sudo apt-get update", f"sudo apt-get install -y {wanted}", "scripts/setup"]
    if not (system.has_apt and system.is_root):
        raise SetupError(text.NEEDS_PACKAGES, commands=by_hand, packages=wanted)
    refresh(log)
    failure = text.APT_FAILED
    if answer("dpkg", "--audit").out:  # killed while at work, it left packages half installed
        log.run("dpkg", "--configure", "-a", failure=failure, packages=wanted, env=QUIET)
    log.run(
        *("apt-get", "-q", "-y", *OPTIONS, "install", "--no-install-recommends", *names),
        failure=failure,
        commands=by_hand,
        env=QUIET,
        packages=wanted,
    )


def candidate(package: str) -> str | None:
    """Return the version that apt would install, if it knows the package."""
    for line in answer("apt-cache", "policy", package).out.splitlines():
        name, _, version = line.strip().partition(": ")
        if name == "Candidate" and version != "(none)":
            return version
    return None


def refresh(log: Log) -> None:
    """Fetch the package lists unless they are new. One broken source of many is no failure here."""
    newest_s = max((file.stat().st_ctime for file in LISTS.glob("*_Packages*")), default=0.0)
    if time.time() - newest_s > FRESH_S:
        try:
            log.run("apt-get", "-q", *OPTIONS, "update", failure=text.APT_FAILED, packages="")
        except SetupError as problem:
            if problem.what is text.DISK_FULL:
                raise


def _os_release() -> dict[str, str]:
    try:
        return platform.freedesktop_os_release()
    except OSError:
        return {}
