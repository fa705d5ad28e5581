"""The image all others start from: the official one, else the same thing made from a mirror."""

import shutil
from pathlib import Path

from machine import settings, text
from machine import system as machine_system
from machine.command import Log, answer
from machine.errors import SetupError
from machine.system import System

OFFICIAL = "debian:trixie-slim"
OWN = "socklab/base:trixie"
SUITE = "trixie"
# A registry that is cut off (not refused) never answers; the engine itself would wait longer.
REGISTRY_S = 15.0
LOAD = "scripts/setup --load FILE"
EXAMPLE = "DEBIAN_MIRROR=https://mirrors.tuna.tsinghua.edu.cn/debian scripts/setup"
# As in the official slim image: no manuals, documents and translations, but every licence.
LEFT_OUT = ("/usr/share/man/*", "/usr/share/doc/*", "/usr/share/info/*", "/usr/share/locale/*")
INDEX_FORMAT = "$(CREATED_BY)|$(ORIGIN)|$(LABEL)|$(COMPONENT)|$(REPO_URI)"


def ensure(*, root: Path, system: System, log: Log) -> str:
    """Return the name of a base image that the engine has, after getting it if need be.

    LAB_BASE, in the shell or .env, is asked for first: a mirror of the official image, say.
    """
    asked = settings.read(root, "LAB_BASE") or OFFICIAL
    for name in dict.fromkeys((asked, OFFICIAL, OWN)):
        if is_here(name):
            return name
    if asked != OWN and is_pulled(asked, log=log):
        return asked
    if asked != OFFICIAL and is_pulled(OFFICIAL, log=log):
        return OFFICIAL
    make(settings.read(root, "DEBIAN_MIRROR"), system=system, log=log)
    return OWN


def is_here(name: str) -> bool:
    """Does the engine have this image?"""
    return answer("docker", "image", "inspect", "--format", "{{.Id}}", name).status == 0


def is_pulled(name: str, *, log: Log) -> bool:
    """Pull an image; the engine asks, as it knows of mirrors and proxies. False: no registry."""
    try:
        log.run(
            *("docker", "pull", name),
            failure=text.ENGINE_REFUSED,
            first_output_s=REGISTRY_S,
            task=f"pull {name}",
        )
    except SetupError as problem:
        if problem.what is text.DISK_FULL:
            raise
        return False
    return True


def make(mirror: str | None, *, system: System, log: Log) -> None:
    """Make the base image from a Debian mirror (default: the machine's own) and import it."""
    if shutil.which("mmdebstrap") is None:
        if not system.has_apt:
            from_elsewhere = [
                LOAD,
                f"LAB_BASE=MIRROR/{OFFICIAL} scripts/setup",
            ]
            raise SetupError(text.NO_BASE, commands=from_elsewhere)
        machine_system.install(["mmdebstrap", "debian-archive-keyring"], system=system, log=log)
    mirror = mirror or own_mirror(apt_targets())
    if not mirror and system.is_root and system.has_apt:
        machine_system.refresh(log)  # apt names a source only once it has its list
        mirror = own_mirror(apt_targets())
    if not mirror:
        raise SetupError(text.NO_MIRROR, commands=[EXAMPLE, LOAD])
    log.scratch.mkdir(exist_ok=True)
    tarball = log.scratch / "base.tar"
    try:
        log.run(
            *("mmdebstrap", "--variant=minbase", "--include=ca-certificates"),
            *(f'--aptopt={name} "{value}"' for name, value in machine_system.LIMITS.items()),
            *(f"--dpkgopt=path-exclude={pattern}" for pattern in LEFT_OUT),
            "--dpkgopt=path-include=/usr/share/doc/*/copyright",
            *(SUITE, str(tarball), mirror),
            failure=text.MMDEBSTRAP_FAILED,
            commands=[EXAMPLE, LOAD],
            mirror=mirror,
        )
        import_image(tarball, log=log)
    finally:
        shutil.rmtree(log.scratch)


def import_image(tarball: Path, *, log: Log) -> None:
    """Make a file system the image OWN; the engine takes all of it or nothing."""
    with tarball.open("rb") as file:
        log.run(
            *("docker", "import", "--change", "LABEL socklab=base", "--change", 'CMD ["bash"]'),
            *("-", OWN),
            stdin=file,
            failure=text.ENGINE_REFUSED,
            commands=["docker system df", "df -h"],
            task=f"docker import {OWN}",
        )


def apt_targets() -> str:
    """Return what apt fetches and from where, in INDEX_FORMAT, one a line."""
    return answer("apt-get", "indextargets", "--format", INDEX_FORMAT).out


def own_mirror(targets: str) -> str | None:
    """Return the first Debian archive among apt's targets."""
    for line in targets.splitlines():
        *kind, address = line.split("|")
        if kind == ["Packages", "Debian", "Debian", "main"] and address.startswith("http"):
            return address.rstrip("/")
    return None
