"""One container of a sandbox: how it is made, started with an agent in it, and removed."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from docker.api import APIClient
from docker.errors import NotFound

from grader.channel import COMMAND, open_channel
from grader.engine import engine_errors, engine_time_s
from grader.errors import GraderError
from grader.host import Host
from grader.labels import labels_of_run
from grader.language import Text
from grader.removal import remove_container, remove_ending_container
from grader.settings import FOLDERS, Settings, limits_of
from grader.topology import HostSpec

GRACE_S = 10  # for the engine to note that a container's first process has ended
KILLED_BY_KERNEL = "137"  # 128 + SIGKILL
LAB_MIB, TMP_MIB, HOME_MIB, SHM_MIB = 64, 64, 16, 16  # less together than a host's memory
FILES_PER_FOLDER = 4_000  # each costs 1 KB of kernel memory, which counts as the host's

# For the agent alone: programs run as another user without any, see agent/child.py.
# SETUID SETGID to become that user, KILL to end its processes, NET_RAW to capture.
CAPABILITIES = ("KILL", "NET_RAW", "SETGID", "SETUID")

# The container's stdin is ours: it closes when this process ends, in whatever way.
ATTACHED = {
    "OpenStdin": True,
    "StdinOnce": True,
    "AttachStdin": True,
    "AttachStdout": True,
    "AttachStderr": True,
}

# An engine gives the bridge of a network with IPv6 an address and each container a way through it,
# also in an internal network. Only the hosts of the sandbox are left to be reached: no router, no
# link-local address, and multicast from no program, only from the kernel, which looks for
# neighbours by it. For this the agent has NET_ADMIN in such a network.
CLOSE_IPV6 = """
ip -6 route flush dev eth0
ip -6 address flush dev eth0 scope link
for address in {addresses}; do ip -6 route add $address dev eth0; done
ip -6 rule add priority 1 iif lo to ff00::/8 prohibit
ip -6 rule add priority 2 lookup local
ip -6 rule del priority 0 lookup local
"""


@dataclass(frozen=True)
class Place:
    """Where a container goes: its run and network, its address, the hosts it knows by name.

    `address6` and `names6` are its IPv6 address and theirs, in a network that has such. With
    `beside` it shares the network namespace of the container with this identity, which has that
    address, and its name and knowledge of names, too.
    """

    run_id: str
    network: str
    address: str
    names: Mapping[str, str]
    address6: str | None = None
    names6: Mapping[str, str] = field(default_factory=dict)
    beside: str | None = None

    def names_by_address(self, own: str) -> dict[str, str]:
        """Give the name of every host by its address; `own` is the name of this place's."""
        found = {address: own for address in (self.address, self.address6) if address}
        known = (*self.names.items(), *self.names6.items())
        return found | {address: name for name, address in known}


@dataclass
class Container:
    """A container in the engine and the host in it. `close` and `remove` may be called twice."""

    engine: APIClient
    name: str
    uid: int
    identity: str
    host: Host | None = field(default=None, init=False)

    def start(self, spec: HostSpec, place: Place, *, is_ours: bool, code: bytes = b"") -> Host:
        """Start it and speak to its agent. Raises GraderError.

        `is_ours`: no program of a submission is in it that could end it. `code` is the compiled
        agent, from a host of the same image.
        """
        # Attached before it starts, so that nothing is missed, and so that the end of this process
        # at any later time closes its stdin, which ends the agent and removes the container.
        with engine_errors(image=spec.image):
            stream = attach(self.engine, self.identity)
            try:
                self.engine.start(self.identity)
            except BaseException:
                stream.close()
                raise
        closes6 = () if place.beside else place.names6.values()  # a namespace is closed once
        settings = settings_of(spec, uid=self.uid, others6=closes6)
        channel = open_channel(stream, name=spec.name, settings=settings, code=code)
        self.host = Host(
            channel,
            address=place.address,
            address6=place.address6,
            names=place.names_by_address(spec.name),
            is_ours=is_ours,
            why_closed=self.why_closed,
        )
        return self.host

    def why_closed(self) -> Text:
        """Say how its programs ended the container.

        Raises GraderError when it was not them: the engine is gone, another hand has ended the
        container, or it still runs and only the connection broke.
        """
        with engine_errors(), suppress(NotFound):
            self.engine.wait(self.identity, timeout=GRACE_S)
        # The container has removed itself; the engine remembers its last 256 events.
        with engine_errors():
            events = self.engine.events(
                since=0,
                until=int(engine_time_s(self.engine)) + 1,  # a whole second, so this one too
                filters={"container": self.identity, "event": ["oom", "kill", "die"]},
                decode=True,
            )
            found = {event["Action"]: event["Actor"]["Attributes"] for event in events}
        if "oom" in found:
            return OUT_OF_MEMORY
        if "kill" not in found and found.get("die", {}).get("exitCode") == KILLED_BY_KERNEL:
            return KILLED
        raise GraderError(ENDED_BY_ANOTHER.fill(name=self.name))

    @property
    def shell_command(self) -> str:
        """What a person types to look into it, as the user its programs run as."""
        return f"docker exec -it -u {self.uid}:{self.uid} {self.name} bash"

    def close(self) -> None:
        """Leave the agent alone: it ends, or stays if it was told so."""
        if self.host:
            self.host.close()

    def remove(self) -> None:
        """Remove the container and wait until it has left its network. Raises GraderError."""
        self.close()
        if self.host:
            remove_ending_container(self.engine, self.identity)
        else:
            remove_container(self.engine, self.identity)


def create_container(
    engine: APIClient, spec: HostSpec, place: Place, *, number: int, uid: int
) -> Container:
    """Create a container that is not started yet; `number` is new within its run.

    Raises GraderError, for a missing image with what to type.
    """
    name = f"socklab-{place.run_id}-{spec.name}-{number}"
    with engine_errors(image=spec.image):
        created = engine.create_container_from_config(  # type: ignore[no-untyped-call]
            container_config(spec, place, uid=uid), name
        )
    return Container(engine, name, uid, created["Id"])


def settings_of(spec: HostSpec, *, uid: int, others6: Iterable[str] = ()) -> Settings:
    """Give what the agent of such a host is told; `others6`: all it may reach by IPv6."""
    largest_mib = max(spec.folders.values(), default=0)
    return Settings(
        student_uid=uid,
        limits=limits_of(pids_limit=spec.pids_limit, largest_folder_bytes=largest_mib << 20),
        folders=(*FOLDERS, *spec.folders),
        student_opens_raw_sockets=spec.opens_raw_sockets,
        first=CLOSE_IPV6.format(addresses=" ".join(others6)) if others6 else "",
    )


def container_config(spec: HostSpec, place: Place, *, uid: int) -> dict[str, Any]:
    """Give the body of the engine's request to create a container."""
    owned = f"uid={uid},gid={uid},mode=755"
    files = f"nr_inodes={FILES_PER_FOLDER}"
    network = _shared_network(place.beside) if place.beside else _own_network(spec, place)
    needs_admin = place.address6 and not place.beside
    return {
        "Image": spec.image,
        "Cmd": list(COMMAND),
        "User": "0:0",
        "WorkingDir": "/lab",
        "Env": [f"{name}={value}" for name, value in spec.environment.items()],
        "Labels": dict(labels_of_run(place.run_id)),
        **ATTACHED,
        **network,
        "HostConfig": {
            **network["HostConfig"],
            "AutoRemove": True,
            "LogConfig": {"Type": "none"},
            "ReadonlyRootfs": True,
            "IpcMode": "none",  # a namespace of its own; /dev/shm is below, not the engine's
            "Tmpfs": {
                "/lab": f"size={LAB_MIB}m,{files},{owned}",
                # Not by ShmSize, which leaves the number of files open.
                "/dev/shm": f"size={SHM_MIB}m,{files},mode=1777",  # noqa: S108 - the container's
                "/tmp": f"size={TMP_MIB}m,{files},mode=1777",  # noqa: S108 - the container's
                "/home/student": f"size={HOME_MIB}m,{files},{owned}",
                **{
                    path: f"size={size_mib}m,{files},mode=1777"
                    for path, size_mib in spec.folders.items()
                },
            },
            # System V shared memory goes with the last process that uses it; no queues, and few
            # semaphores: nothing of a program outlives its end.
            "Sysctls": {
                "kernel.shm_rmid_forced": "1",
                "kernel.msgmni": "0",
                "kernel.sem": "32 32 32 1",
            },
            "CapDrop": ["ALL"],
            "CapAdd": [*CAPABILITIES, *(["NET_ADMIN"] if needs_admin else [])],
            "SecurityOpt": ["no-new-privileges:true"],
            "Memory": spec.memory_bytes,
            "MemorySwap": spec.memory_bytes,
            "PidsLimit": spec.pids_limit,
            "NanoCpus": round(spec.cpus * 1e9),
        },
    }


def _own_network(spec: HostSpec, place: Place) -> dict[str, Any]:
    addresses = {"IPv4Address": place.address}
    if place.address6:
        addresses["IPv6Address"] = place.address6
    return {
        "Hostname": spec.name,
        "HostConfig": {
            "NetworkMode": place.network,
            "ExtraHosts": [
                f"{name}:{address}"
                for names in (place.names, place.names6)
                for name, address in names.items()
            ],
            # Nobody listens there. Engines before 25.0.5 ask the teacher's name servers for what
            # they do not know, also in an internal network (CVE-2024-29018).
            "Dns": ["127.0.0.1"],
            "DnsSearch": ["."],
            "DnsOptions": ["timeout:1", "attempts:1"],  # else an unknown name costs 10 s
        },
        "NetworkingConfig": {
            "EndpointsConfig": {place.network: {"IPAMConfig": addresses}},
        },
    }


def _shared_network(identity: str) -> dict[str, Any]:
    return {"HostConfig": {"NetworkMode": f"container:{identity}"}}


def attach(engine: APIClient, identity: str) -> Any:
    """Attach to a container's stdin, stdout and stderr; gives a socket, or what can be used so."""
    ways = {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
    stream: Any = engine.attach_socket(identity, ways)
    inner = getattr(stream, "_sock", None)
    if inner is None:  # TLS: the SDK gives the socket itself
        return stream
    # A socket of our own, so that the SDK's response can be closed now. Its garbage collection
    # would close the connection, and complain on stderr if it came second.
    own = socket.socket(fileno=os.dup(inner.fileno()))
    own.setblocking(True)
    stream._response.close()
    return own


OUT_OF_MEMORY = Text("it was out of memory", "内存已耗尽")
KILLED = Text("its first process was killed", "它的首个进程被强制终止")
ENDED_BY_ANOTHER = Text(
    "The container {name} was ended from outside while it was in use. Grade again",
    "容器 {name} 在使用中被外部终止。请重新评分",
)
