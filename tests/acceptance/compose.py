"""A copy of the project, driven as a student drives it: by `docker compose` in its folder."""

import ipaddress
import itertools
import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import docker
import testinfra
from docker.models.containers import Container

ROOT = Path(__file__).resolve().parents[2]
PREFIX = "socklab-test"  # of the names of our projects; the process id follows
PROJECT_LABEL = "com.docker.compose.project"
LIMIT_S = 120.0
# In turn, and each run in an order of its own: two that ask at the same time get two.
_NETS = [f"10.{second}.{third}" for second in range(210, 256) for third in range(10)]
_TURN = itertools.cycle(secrets.SystemRandom().sample(_NETS, len(_NETS)))
_NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv", ".socklab", "__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache"
)


class ComposeError(Exception):
    """`docker compose` ended with another status than 0; says what it printed."""


@dataclass(frozen=True)
class Completed:
    """A command that has ended; output as UTF-8, undecodable bytes replaced."""

    status: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Project:
    """One copy of the project in `folder`; `net` is the first three numbers of its network.

    `net6`, the prefix of its IPv6 network if it has one, has the same numbers.
    """

    folder: Path
    name: str
    net: str
    language: str = "en"
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def net6(self) -> str:
        """As fd10:210:3 beside 10.210.3: as free as that, as no one else has fd10.

        A last 0 is an a, since an address does not show it: fd10:210:0::4 is fd10:210::4.
        """
        return "fd" + re.sub(r":0$", ":a", self.net.replace(".", ":"))

    @property
    def environment(self) -> dict[str, str]:
        """What its commands run with: ours, without what would change the lab, and its own."""
        ours = re.compile(r"LAB\d*_|LC_|LANG|COMPOSE_")
        inherited = {name: value for name, value in os.environ.items() if not ours.match(name)}
        nets = {
            f"{lab.name.upper()}_{variable}": prefix
            for lab in labs(self.folder)
            for variable, prefix in (("NET", self.net), ("NET6", self.net6))
        }
        locale = {"zh": "zh_CN.UTF-8"}.get(self.language, "en_US.UTF-8")
        own = {"COMPOSE_PROJECT_NAME": self.name, "LAB_LANG": locale, "BOARD_PORT": "0"}
        return inherited | nets | own | dict(self.settings)

    def run(
        self, *command: str, stdin: str = "", limit_s: float = LIMIT_S, check: bool = True
    ) -> Completed:
        """Run a command in the project's folder; raises ComposeError if `check` and it failed."""
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            input=stdin.encode(),
            capture_output=True,
            timeout=limit_s,
            check=False,
        )
        completed = Completed(
            done.returncode,
            done.stdout.decode(errors="replace"),
            done.stderr.decode(errors="replace"),
        )
        if check and completed.status != 0:
            raise ComposeError(f"{' '.join(command)}: {completed}")
        return completed

    def compose(self, *arguments: str, check: bool = True) -> Completed:
        """Run `docker compose ARGUMENTS`."""
        return self.run("docker", "compose", *arguments, check=check)

    def exec(self, service: str, *command: str, stdin: str = "", check: bool = True) -> Completed:
        """Run a command in a service's container, without a terminal."""
        arguments = ("docker", "compose", "exec", "-T", service, *command)
        return self.run(*arguments, stdin=stdin, check=check)

    def logs(self, service: str) -> str:
        """What a service's container has printed so far, both streams."""
        done = self.compose("logs", "--no-color", "--no-log-prefix", service)
        return done.stdout + done.stderr

    def containers(self) -> dict[str, Container]:
        """The project's containers by service, also those that have ended."""
        with engine() as client:
            filters: dict[str, str | list[str] | bool] = {"label": f"{PROJECT_LABEL}={self.name}"}
            found = client.containers.list(all=True, ignore_removed=True, filters=filters)
            return {one.labels["com.docker.compose.service"]: one for one in found}

    def host(self, service: str) -> testinfra.host.Host:
        """The service's container as testinfra sees it."""
        return testinfra.get_host(f"docker://{self.containers()[service].id}")


def labs(folder: Path) -> list[Path]:
    """The labs' folders, in the order of their numbers."""
    found = [path for path in (folder / "labs").glob("lab*") if path.is_dir()]
    return sorted(found, key=lambda path: int(path.name.removeprefix("lab")))


@contextmanager
def engine() -> Iterator[docker.DockerClient]:
    """A connection to the engine that the docker command talks to."""
    client = docker.from_env(timeout=60)
    try:
        yield client
    finally:
        client.close()


@contextmanager
def project_copy(folder: Path, *, language: str = "en") -> Iterator[Project]:
    """Copy the whole project to `folder`, a new one; at the end everything it started is removed.

    The programs belong to the user that the containers run as, as scripts/setup leaves them.
    """
    shutil.copytree(ROOT, folder, ignore=_NOT_COPIED)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    name = f"{PREFIX}-{os.getpid()}-{secrets.token_hex(3)}"
    project = Project(folder=folder, name=name, net=free_net(), language=language)
    if os.geteuid() == 0:
        for path in folder.glob("labs/*/programs/**"):
            for each in (path, *path.iterdir()):
                os.chown(each, student_uid(folder), student_uid(folder))
    try:
        yield project
    finally:
        project.compose("down", "--volumes", "--remove-orphans", "--timeout", "5")


def student_uid(folder: Path) -> int:
    """The user id that a project's hosts run as, from its .env."""
    settings = (folder / ".env").read_text() if (folder / ".env").exists() else ""
    found = re.search(r"^LAB_UID=(\d+)$", settings, re.MULTILINE)
    return int(found[1]) if found else 1000


def free_net() -> str:
    """The first three numbers of a /24 that no network of the engine overlaps.

    As long as the labs' own 10.207.N, so that columns line up as in the handouts.
    """
    with engine() as client:
        pools = [
            ipaddress.ip_network(pool["Subnet"])
            for network in client.networks.list()
            for pool in network.attrs["IPAM"]["Config"] or ()
        ]
    for net in itertools.islice(_TURN, len(_NETS)):
        if not any(_overlaps(f"{net}.0/24", pool) for pool in pools):
            return net
    raise ComposeError("no network of 10.210.0.0 to 10.255.9.0 is free")


@dataclass(frozen=True)
class Listed:
    """A container, network or volume as a list of the engine has it."""

    name: str
    labels: Mapping[str, str]


def listed(client: docker.DockerClient, *, label: str) -> list[Listed]:
    """List what carries a label. In one call a kind: others may be removing theirs meanwhile."""
    filters = {"label": label}
    found = [
        *client.api.containers(all=True, filters=filters),
        *client.api.networks(filters=filters),
        *(client.api.volumes(filters=filters)["Volumes"] or ()),
    ]
    return [
        Listed(
            name=(one.get("Name") or one["Names"][0]).removeprefix("/"), labels=one["Labels"] or {}
        )
        for one in found
    ]


def objects(prefix: str) -> list[str]:
    """The containers, networks and volumes of Compose projects whose name begins so."""
    with engine() as client:
        found = listed(client, label=PROJECT_LABEL)
    return sorted(one.name for one in found if one.labels[PROJECT_LABEL].startswith(prefix))


def leftovers() -> list[str]:
    """What projects of this process have left on the engine."""
    return objects(f"{PREFIX}-{os.getpid()}-")


def _overlaps(subnet: str, pool: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    return pool.version == 4 and pool.overlaps(ipaddress.ip_network(subnet))
