"""Lab 5's reference, a file over the network to a disk, against iperf3 and the tutorial's loop."""

import json
import statistics
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import docker
from docker.models.containers import Container
from rich.table import Table

LIMIT = 0.8
ROUNDS = 9
IMAGE = "socklab/host"
LABELS = {"socklab": "bench"}
STREAM_S = 1
FOLDER = "/srv/files"
DISK = {FOLDER: "size=1g,mode=1777"}
# Runs a program in this process, so that the interpreter's start is not counted; prints seconds.
TIMED = """
import contextlib, io, runpy, sys, time
program, *sys.argv[1:] = sys.argv[1:]
started = time.monotonic()
with contextlib.redirect_stdout(io.StringIO()):
    try:
        runpy.run_path(program)
    except SystemExit as end:
        if end.code:
            raise
print(time.monotonic() - started)
"""
STARTED = "until ss -Htln 'sport = :{port}' | grep -q .; do sleep 0.05; done"


@dataclass(frozen=True)
class Way:
    """A folder of lab 5's programs, the port of its server, and a file to fetch."""

    programs: str
    port: int
    size_mib: int


REFERENCE = Way("reference", 9000, 512)
LOOP = Way("programs", 9001, 32)  # it is slow: as much as takes a similar time


@dataclass(frozen=True)
class Speeds:
    """MB/s of each round, measured in turn in one run."""

    reference: Sequence[float]
    iperf3: Sequence[float]
    loop: Sequence[float]

    @property
    def ratio(self) -> float:
        """Return the reference's median as a part of iperf3's."""
        return statistics.median(self.reference) / statistics.median(self.iperf3)

    @property
    def is_within_limit(self) -> bool:
        """Do we keep the promise?"""
        return self.ratio >= LIMIT

    def table(self) -> Table:
        """Return the medians, each as a part of iperf3's, as they are printed."""
        rounds = len(self.reference)
        verdict = "within" if self.is_within_limit else "BELOW"
        drawn = Table(title=f"median of {rounds} round{'s' * (rounds > 1)}", show_footer=True)
        drawn.add_column("", footer=f"reference / iperf3 ({verdict} the limit of {LIMIT})")
        drawn.add_column("MB/s", justify="right")
        drawn.add_column("x iperf3", justify="right", footer=f"{self.ratio:.2f}")
        rows = {
            "iperf3, one stream": self.iperf3,
            "lab 5's reference, to a file": self.reference,
            "the tutorial's loop, to a file": self.loop,
        }
        whole = statistics.median(self.iperf3)
        for name, speeds in rows.items():
            speed = statistics.median(speeds)
            drawn.add_row(name, f"{speed:,.0f}", f"{speed / whole:.2f}")
        return drawn


def measure(root: Path, rounds: int) -> Speeds:
    """Do each in turn, `rounds` times after one that only warms caches, in fresh containers."""
    reference, iperf3, loop = list[float](), list[float](), list[float]()
    with open_pair(root / "labs/lab5") as (server, client):
        run(server, "iperf3 -s -D")
        address = address_of(server)
        for way in (REFERENCE, LOOP):
            run(server, f"head -c {way.size_mib}M /dev/urandom > {FOLDER}/{way.size_mib}.bin")
            program = f"/lab5/{way.programs}/server.py"
            server.exec_run(["python3", program, "0.0.0.0", str(way.port)], detach=True)
            run(server, STARTED.format(port=way.port))
        for done in range(rounds + 1):
            print(f"\r{done + 1}/{rounds + 1}", end="", file=sys.stderr, flush=True)
            iperf3.append(stream(client, address))
            reference.append(fetch(client, address, REFERENCE))
            loop.append(fetch(client, address, LOOP))
    print(file=sys.stderr)
    return Speeds(reference[1:], iperf3[1:], loop[1:])


@contextmanager
def open_pair(lab: Path) -> Iterator[tuple[Container, Container]]:
    """Two fresh hosts on a network of their own, server and client, with the lab at /lab5."""
    engine = docker.from_env()
    network = engine.networks.create("socklab-bench-transfer", internal=True, labels=LABELS)
    containers: list[Container] = []
    try:
        for _ in range(2):
            containers.append(
                engine.containers.run(
                    IMAGE,
                    ["sleep", "infinity"],
                    network=network.name,
                    labels=LABELS,
                    tmpfs=DISK,
                    volumes={str(lab): {"bind": "/lab5", "mode": "ro"}},
                    detach=True,
                )
            )
        containers[0].reload()  # its address is known now
        yield containers[0], containers[1]
    finally:
        for container in containers:
            container.remove(force=True)
        network.remove()
        engine.close()


def address_of(container: Container) -> str:
    """Return the address on its only network."""
    (network,) = container.attrs["NetworkSettings"]["Networks"].values()
    return str(network["IPAddress"])


def stream(client: Container, address: str) -> float:
    """Return the MB/s that iperf3's receiver saw."""
    report = json.loads(run(client, f"iperf3 -c {address} -t {STREAM_S} -J"))
    return float(report["end"]["sum_received"]["bits_per_second"]) / 8e6


def fetch(client: Container, address: str, way: Way) -> float:
    """Return the MB/s of one file, from the program's first line to its end."""
    run(client, f"rm -rf {FOLDER}/* {FOLDER}/.parts")
    program = f"/lab5/{way.programs}/client.py"
    file = f"{way.size_mib}.bin"
    elapsed_s = float(
        run(client, "python3", "-c", TIMED, program, address, str(way.port), FOLDER, file)
    )
    size_bytes = way.size_mib << 20
    run(client, f"test $(stat -c %s {FOLDER}/{file}) = {size_bytes}")
    return size_bytes / 1e6 / elapsed_s


def run(container: Container, *command: str) -> str:
    """Return what a command, or a shell script, prints in a container; raises if it fails."""
    words = ["sh", "-c", *command] if len(command) == 1 else list(command)
    status, output = container.exec_run(words)
    assert isinstance(output, bytes)  # it is not streamed
    if status != 0:
        raise RuntimeError(f"{command[-1]}: {output.decode(errors='replace')}")
    return output.decode()
