"""Where submissions run: a private network with our peer, and two fresh hosts for each of them."""

from __future__ import annotations

import itertools
import secrets
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, closing, contextmanager, suppress

from docker.api import APIClient

from grader.cleaning import clean
from grader.container import Container, Place, create_container
from grader.engine import connect
from grader.errors import GraderError
from grader.host import Host
from grader.network import Network, create_network
from grader.removal import remove_network
from grader.submission import Submission
from grader.topology import HostSpec, Topology

# Two uids a container, in a range that neither people nor distributions use. RLIMIT_NPROC counts
# per uid over the engine's whole kernel, so no two containers should meet.
FIRST_UID, UID_PAIRS = 61_000, 2_000
WORKERS = 8  # three hosts start while two are removed and leftovers are looked for

Pair = tuple[Future[Container], Future[Container]]


def new_run_id() -> str:
    """Make a name for a run that no other has."""
    return secrets.token_hex(4)


@contextmanager
def open_sandbox(
    topology: Topology, *, run_id: str, engine: APIClient | None = None
) -> Iterator[Sandbox]:
    """Open a sandbox for any number of submissions; nothing of it is left afterwards.

    Also starts to remove what killed runs have left. Raises GraderError, here or where a host is
    first used. After kill -9 the containers remove themselves and the next run the network.
    """
    with ExitStack() as clients:
        used = engine or clients.enter_context(closing(connect()))
        sandbox = Sandbox(used, topology, run_id=run_id)
        try:
            sandbox.open()
            yield sandbox
        except BaseException:
            with suppress(GraderError):  # the first error is the one to tell
                sandbox.close()
            raise
        sandbox.close()


class Sandbox:
    """A network with the peer. Containers start, and are removed, in threads of its own."""

    def __init__(self, engine: APIClient, topology: Topology, *, run_id: str) -> None:
        self.topology = topology
        self._engine = engine
        self._run_id = run_id
        self._workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="sandbox")
        self._numbers = itertools.count(secrets.randbelow(UID_PAIRS))
        self._lock = threading.Lock()
        self._containers: dict[str, Container] = {}
        self._removals: list[Future[None]] = []
        self._network: Network | None = None
        self._peer: Future[Container] | None = None
        self._prepared: Pair | None = None
        self._in_use: list[Container] = []
        self._is_kept = False

    def open(self) -> None:
        """Create the network; begin to start the peer and the first pair of hosts."""
        self._network = create_network(
            self._engine,
            run_id=self._run_id,
            prefix_length=self.topology.prefix_length,
            gateway_part=self.topology.gateway_part,
            is_dual_stack=self.topology.is_dual_stack,
        )
        self.prepare()
        self._peer = self._workers.submit(self._start, self.topology.peer)
        self._workers.submit(clean, self._engine, everything=False)

    @property
    def addresses(self) -> Mapping[str, str]:
        """The IPv4 addresses of server, client and peer."""
        network = self._opened()
        return {spec.name: network.address(spec.host_part) for spec in self._specs}

    @property
    def addresses6(self) -> Mapping[str, str]:
        """Their IPv6 addresses; none where the lab has no IPv6."""
        network = self._opened()
        found = {spec.name: network.address6(spec.host_part) for spec in self._specs}
        return {name: address for name, address in found.items() if address}

    @property
    def peer(self) -> Host:
        """Our own host, the same for all submissions; waits until it is up."""
        if self._peer is None:
            raise GraderError("the sandbox is not open")
        return _host(self._peer.result())

    def prepare(self) -> None:
        """Begin to start the next pair of hosts; hosts() does so itself if nobody has."""
        if self._prepared is None:
            specs = (self.topology.server, self.topology.client)
            # The pair before has these addresses until it is gone.
            removals = tuple(self._removals)
            server, client = (self._workers.submit(self._start, spec, removals) for spec in specs)
            self._prepared = (server, client)

    @contextmanager
    def hosts(self, submission: Submission) -> Iterator[tuple[Host, Host]]:
        """Give `server` and `client`, made for this submission alone, with its files in /lab."""
        self.prepare()
        pair, self._prepared = self._prepared, None
        assert pair is not None
        try:
            self._in_use = [future.result() for future in pair]
            server, client = (_host(container) for container in self._in_use)
            unpacking = self._workers.submit(server.unpack, submission.archive)
            client.unpack(submission.archive)
            unpacking.result()
            yield server, client
        finally:
            if not self._is_kept:
                self._removals = [self._workers.submit(self._retire, future) for future in pair]
            self._in_use = []

    def keep_open(self) -> Mapping[str, str]:
        """Leave the peer and the hosts in use running for good, until `scripts/grade --clean`.

        Gives by each host's name the command that opens a shell in it, as the student's user.
        """
        kept = [*self._in_use, *([self._peer.result()] if self._peer else [])]
        for container in kept:
            _host(container).stay()
        self._is_kept = True
        with self._lock:
            for container in kept:
                del self._containers[container.identity]
        return {_host(container).name: container.shell_command for container in kept}

    def close(self) -> None:
        """Remove all that is not kept and wait until it is gone. Raises GraderError."""
        for future in self._prepared or ():
            future.cancel()
        if self._peer and not self._peer.cancel() and not self._is_kept:
            self._workers.submit(self._retire, self._peer)  # along with the hosts
        self._workers.shutdown(wait=True)  # also waits for containers that are being started
        with ThreadPoolExecutor(WORKERS) as workers:
            for _ in workers.map(Container.remove, list(self._containers.values())):
                pass
        if self._network and not self._is_kept:
            remove_network(self._engine, self._network.identity)

    @property
    def _specs(self) -> tuple[HostSpec, ...]:
        return (self.topology.server, self.topology.client, self.topology.peer)

    def _opened(self) -> Network:
        if self._network is None:
            raise GraderError("the sandbox is not open")
        return self._network

    def _start(self, spec: HostSpec, after: Sequence[Future[None]] = ()) -> Container:
        assert self._network is not None
        wait(after)
        number = next(self._numbers)
        place = Place(
            run_id=self._run_id,
            network=self._network.name,
            address=self._network.address(spec.host_part),
            names=_without(spec.name, self.addresses),
            address6=self.addresses6.get(spec.name),
            names6=_without(spec.name, self.addresses6),
        )
        container = create_container(
            self._engine, spec, place, number=number, uid=FIRST_UID + 2 * (number % UID_PAIRS)
        )
        with self._lock:
            self._containers[container.identity] = container
        container.start(spec, place)
        return container

    def _retire(self, future: Future[Container]) -> None:
        with suppress(GraderError):  # it never started; close() removes what there is of it
            container = future.result()
            container.remove()
            with self._lock:
                del self._containers[container.identity]


def _without(name: str, addresses: Mapping[str, str]) -> dict[str, str]:
    return {each: address for each, address in addresses.items() if each != name}


def _host(container: Container) -> Host:
    assert container.host is not None
    return container.host
