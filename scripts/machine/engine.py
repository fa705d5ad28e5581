"""Docker Engine: uses the one that answers, else installs and starts the distribution's."""

import os
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from machine import compose, text
from machine import system as machine_system
from machine.command import QUESTION_S, Answer, Log, answer, quoted, stop
from machine.errors import SetupError
from machine.system import System

OWN_ENDPOINT = "unix:///var/run/docker.sock"
START_S = 60.0
DAEMON_LOG = Path("/var/log/dockerd-socklab.log")
# sbin is not on every root's PATH (su without -).
DAEMON_PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin", "/sbin"])
PID_FILES = {
    Path("/var/run/docker.pid"): "dockerd",
    Path("/var/run/docker/containerd/containerd.pid"): "containerd",
}
CONTAINERD_SOCKET = Path("/run/containerd/containerd.sock")


@dataclass(frozen=True)
class Engine:
    """An engine that answers."""

    version: str
    is_rootless: bool


def ensure(*, system: System, log: Log) -> Engine:
    """Return the engine that answers; install or start one where there is none and we may."""
    asked = ask()
    if asked.status != 0:
        if problem := refusal(asked, system=system) or obstacle(
            endpoint=endpoint(), daemon=daemon(), system=system
        ):
            raise problem
        if not daemon():
            machine_system.refresh(log)
            # One call of apt costs less than two.
            wanted = [*packages(), *([] if compose.installed() else compose.packages())]
            machine_system.install(wanted, system=system, log=log)
        start(system=system)
        asked = ask()
    options = answer("docker", "info", "--format", "{{json .SecurityOptions}}").out
    return Engine(version=asked.out, is_rootless="name=rootless" in options)


def ask() -> Answer:
    """Ask for the engine's version, by whatever DOCKER_HOST or context the user has."""
    return answer("docker", "version", "--format", "{{.Server.Version}}")


def endpoint() -> str:
    """Return the address at which the user's docker command looks for the engine."""
    shown = answer("docker", "context", "inspect", "--format", "{{.Endpoints.docker.Host}}")
    return shown.out or os.environ.get("DOCKER_HOST") or OWN_ENDPOINT


def daemon() -> str | None:
    """Return the path of this machine's dockerd."""
    return shutil.which("dockerd", path=DAEMON_PATH)


def refusal(asked: Answer, *, system: System) -> SetupError | None:
    """Return the error of an engine that is there and does not serve us."""
    if "permission denied" in asked.err:
        commands = ["sudo usermod -aG docker $USER", "newgrp docker", "scripts/setup"]
        return SetupError(text.ENGINE_FORBIDDEN, commands=commands)
    if asked.status == 124:
        commands = [f"sudo {service('restart', system=system)}", "scripts/setup"]
        return SetupError(text.ENGINE_SILENT, commands=commands, limit_s=f"{QUESTION_S:.0f}")
    return None


def obstacle(*, endpoint: str, daemon: str | None, system: System) -> SetupError | None:
    """Return why we cannot install or start an engine here, with what the reader types."""
    if not system.is_linux:
        return SetupError(text.GET_DESKTOP, commands=["scripts/setup"])
    if endpoint != OWN_ENDPOINT:
        commands = ["docker context use default; unset DOCKER_HOST", "scripts/setup"]
        return SetupError(text.ENGINE_ELSEWHERE, commands=commands, endpoint=endpoint)
    if daemon is None and not system.has_apt:
        return SetupError(text.GET_ENGINE)
    if system.is_root:
        return None
    if daemon:
        commands = [f"sudo {service('start', system=system)}", "scripts/setup"]
        return SetupError(text.ENGINE_STOPPED, commands=commands)
    commands = [
        "sudo apt-get update",
        "sudo apt-get install -y docker.io",
        "sudo usermod -aG docker $USER",
        "newgrp docker",
        "scripts/setup",
    ]
    return SetupError(text.NO_ENGINE, commands=commands)


def service(action: str, *, system: System) -> str:
    """Return the command that starts or restarts the engine's service."""
    return f"systemctl {action} docker" if system.has_systemd else f"service docker {action}"


def packages() -> list[str]:
    """Return the packages of an engine; the client is one of its own from Debian 13 on."""
    wanted = ["ca-certificates", "docker.io"]
    if shutil.which("docker") is None and machine_system.candidate("docker-cli"):
        wanted.append("docker-cli")
    return wanted


def start(*, system: System) -> None:
    """Start the installed engine, or raise SetupError with the last lines of its log."""
    if system.has_systemd:
        answer("systemctl", "start", "docker", limit_s=START_S)
        if not _answers(None):
            show = "journalctl -u docker --no-pager -n 20"
            quote = answer(*show.split()).out
            commands = [f"sudo {show}", "scripts/setup"]
            raise SetupError(text.ENGINE_FAILED, quote=quote, log="journalctl", commands=commands)
        return
    if is_running("dockerd") and _answers(None):
        return
    forget_the_dead()
    with DAEMON_LOG.open("wb") as output:
        process = subprocess.Popen(
            [daemon() or "dockerd"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            start_new_session=True,
        )
    try:
        is_up = _answers(process)
    except BaseException:
        stop(process)
        raise
    if not is_up:
        stop(process)
        quote = quoted(DAEMON_LOG.read_text(errors="replace"))
        commands = [f"less {DAEMON_LOG}", "scripts/setup"]
        raise SetupError(text.ENGINE_FAILED, quote=quote, log=str(DAEMON_LOG), commands=commands)


def forget_the_dead() -> None:
    """Remove what a killed engine left and a new one stumbles over.

    dockerd refuses to start while /proc has the number in its pid file, whoever runs under it now,
    and waits in vain for a containerd whose socket exists and that nobody listens on.
    """
    for file, name in PID_FILES.items():
        if file.exists() and process_name(file.read_text().strip()) != name:
            file.unlink()
    if CONTAINERD_SOCKET.exists():
        with socket.socket(socket.AF_UNIX) as containerd:
            if containerd.connect_ex(str(CONTAINERD_SOCKET)) != 0:
                CONTAINERD_SOCKET.unlink()


def process_name(pid: str, proc: Path = Path("/proc")) -> str | None:
    """Return the name of the process with this number, see proc_pid_comm(5)."""
    try:
        return (proc / pid / "comm").read_text().strip() if pid.isdigit() else None
    except OSError:
        return None


def is_running(name: str) -> bool:
    """Is there a process of this name?"""
    return any(process_name(folder.name) == name for folder in Path("/proc").glob("[0-9]*"))


def _answers(process: "subprocess.Popen[bytes] | None") -> bool:
    deadline_s = time.monotonic() + START_S
    while time.monotonic() < deadline_s:
        if ask().status == 0:
            return True
        if process and process.poll() is not None:
            return False
        time.sleep(0.1)
    return False
