"""A bad network at a host of the sandbox: the labs' own `impair`, in a container beside it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from docker.api import APIClient

from grader.container import ATTACHED, Container, attach
from grader.engine import engine_errors
from grader.errors import GraderError
from grader.labels import labels_of_run
from grader.language import Text
from grader.removal import remove_container

MEMORY_BYTES = 128 << 20
PIDS = 32


@dataclass
class Impairment:
    """A container in a host's network namespace; the host's programs cannot reach into it.

    It ends with its stdin, so also when this process is gone. `remove` may be called twice.
    """

    engine: APIClient
    identity: str
    stream: Any

    def apply(self, words: str, *, seed: int) -> None:
        """Impair as the words say, instead of what was before. Raises GraderError."""
        self._impair(*words.split(), "--seed", str(seed))

    def clear(self) -> None:
        """Make the network good again. Raises GraderError."""
        self._impair("clear")

    def remove(self) -> None:
        """Remove the container and wait until it is gone. Raises GraderError."""
        with suppress(OSError):
            self.stream.close()
        remove_container(self.engine, self.identity)

    def _impair(self, *words: str) -> None:
        with engine_errors():
            command = self.engine.exec_create(self.identity, ["impair", *words])
            said = self.engine.exec_start(command["Id"])
            status = self.engine.exec_inspect(command["Id"])["ExitCode"]
        if status:
            text = said.decode(errors="replace").strip()
            raise GraderError(NOT_IMPAIRED.fill(words=" ".join(words), said=text))


def open_impairment(beside: Container, *, image: str, run_id: str, number: int) -> Impairment:
    """Start the container, in which nothing is impaired yet; `number` is new within its run.

    Raises GraderError, for a missing image with what to type.
    """
    engine = beside.engine
    config = impairment_config(image, run_id=run_id, beside=beside.identity)
    with engine_errors(image=image):
        created = engine.create_container_from_config(  # type: ignore[no-untyped-call]
            config, f"socklab-{run_id}-impair-{number}"
        )
        stream = attach(engine, created["Id"])
        try:
            engine.start(created["Id"])
        except BaseException:
            stream.close()
            remove_container(engine, created["Id"])
            raise
    return Impairment(engine, created["Id"], stream)


def impairment_config(image: str, *, run_id: str, beside: str) -> dict[str, Any]:
    """Give the body of the engine's request to create the container."""
    return {
        "Image": image,
        "Cmd": ["cat"],  # to the end of stdin
        "User": "0:0",
        "Labels": dict(labels_of_run(run_id)),
        **ATTACHED,
        "HostConfig": {
            "AutoRemove": True,
            "Init": True,  # cat as the first process would not end by a signal
            "LogConfig": {"Type": "none"},
            "NetworkMode": f"container:{beside}",
            "ReadonlyRootfs": True,
            "Tmpfs": {"/run": "size=1m,mode=755"},  # what impair notes, and the lock of iptables
            "CapDrop": ["ALL"],
            "CapAdd": ["NET_ADMIN", "NET_RAW"],  # as in the labs' compose.yaml
            "SecurityOpt": ["no-new-privileges:true"],
            "Memory": MEMORY_BYTES,
            "MemorySwap": MEMORY_BYTES,
            "PidsLimit": PIDS,
            "NanoCpus": 1_000_000_000,
        },
    }


NOT_IMPAIRED = Text("cannot impair {words}: {said}", "无法施加 impair {words}：{said}")
