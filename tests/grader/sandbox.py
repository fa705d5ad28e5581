"""Where submissions run: a private network with our peer, and two fresh hosts for each of them.

A class keeps the hosts' network namespaces, each in a container of ours: more than half of the time
of a fresh pair goes into its network. No program has the right to change that; all that outlives it
there are connections in TIME_WAIT. Who would find one at its ports, or anything else, gets new
namespaces, as does the submission after one that was graded on a bad network.
"""

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
from grader.impairment import Impairment, open_impairment
from grader.network import Network, create_network
from grader.ports import are_free, ports_of
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
    topology: Topology,
    *,
    run_id: str,
    engine: APIClient | None = None,
    keeps_networks: bool = False,
) -> Iterator[Sandbox]:
    """Open a sandbox for any number of submissions; nothing of it is left afterwards.

    `keeps_networks` pays from the second submission on. Also starts to remove what killed runs have
    left. Raises GraderError, here or where a host is first used. After kill -9 the containers
    remove themselves and the next run the network.
    """
    with ExitStack() as clients:
        used = engine or clients.enter_context(closing(connect()))
        sandbox = Sandbox(used, topology, run_id=run_id, keeps_networks=keeps_networks)
        try:
            sandbox.open()
            yield sandbox
        except BaseException:
            with suppress(GraderError):  # the first error is the one to tell
                sandbox.close()
            raise
        sandbox.close()


class Sandbox:
    """A network with the peer. Containers start, and are removed, in threads of its own.

    Each waits for such as were begun before it, never for later ones: the threads are enough.
    """

    def __init__(
        self, engine: APIClient, topology: Topology, *, run_id: str, keeps_networks: bool = False
    ) -> None:
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
        self._keeps_networks = keeps_networks
        self._code: dict[str, bytes] = {}  # the agent compiled, by image
        self._pauses: dict[str, Future[Container]] = {}  # by host, as Kubernetes calls them
        self._prepared: Pair | None = None
        self._in_use: list[Container] = []
        self._impairments: dict[str, Impairment] = {}  # by the name of the host in use
        self._was_impaired = False
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
        if self._keeps_networks:
            self._start_pauses()
        self.prepare()
        self._peer = self._workers.submit(self._start, self.topology.peer, is_ours=True)
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
            # The pair before has these addresses until it is gone.
            server, client = (
                self._workers.submit(
                    self._start, spec, self._removals, pause=self._pauses.get(spec.name)
                )
                for spec in self._pair_specs
            )
            self._prepared = (server, client)

    @contextmanager
    def hosts(
        self, submission: Submission, *, ports: range | None = None
    ) -> Iterator[tuple[Host, Host]]:
        """Give `server` and `client`, made for this submission alone, with its files in /lab.

        Nothing of another submission is at its `ports`; by default those of a single one. Raises
        GraderError also at the end, if the network was lost meanwhile.
        """
        if self._pauses:
            self._make_networks_free(ports or ports_of())
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
            self._require_networks()
        finally:
            while self._impairments:
                self._workers.submit(self._impairments.popitem()[1].remove)
            if not self._is_kept:
                self._removals = [self._workers.submit(self._retire, future) for future in pair]
            self._in_use = []

    def impairment(self, name: str) -> Impairment:
        """Give the bad network of a host in use, by its name. Raises GraderError."""
        if name not in self._impairments:
            (beside,) = [each for each in self._in_use if _host(each).name == name]
            self._impairments[name] = open_impairment(
                beside,
                image=self.topology.wire_image,
                run_id=self._run_id,
                number=next(self._numbers),
            )
            self._was_impaired = True
        return self._impairments[name]

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
        for ours in (self._peer, *self._pauses.values()):
            if ours and not ours.cancel() and not self._is_kept:
                self._workers.submit(self._retire, ours)  # along with the hosts
        self._workers.shutdown(wait=True)  # also waits for containers that are being started
        with ThreadPoolExecutor(WORKERS) as workers:
            for _ in workers.map(Container.remove, list(self._containers.values())):
                pass
        if self._network and not self._is_kept:
            remove_network(self._engine, self._network.identity)

    @property
    def _pair_specs(self) -> tuple[HostSpec, HostSpec]:
        return (self.topology.server, self.topology.client)

    @property
    def _specs(self) -> tuple[HostSpec, ...]:
        return (*self._pair_specs, self.topology.peer)

    def _opened(self) -> Network:
        if self._network is None:
            raise GraderError("the sandbox is not open")
        return self._network

    def _start_pauses(self) -> None:
        """Begin to start containers that do nothing but keep a network namespace each."""
        self._pauses = {
            spec.name: self._workers.submit(self._start, spec, self._removals, is_ours=True)
            for spec in self._pair_specs
        }

    def _make_networks_free(self, ports: range) -> None:
        """Make the network namespaces new where something of earlier submissions is in the way."""
        wait(self._removals)
        pauses = [_host(pause.result()) for pause in self._pauses.values()]
        if not self._was_impaired and all(
            are_free(ports, host.sockets(only="tcp")) for host in pauses
        ):
            return
        self._was_impaired = False
        pair, self._prepared = self._prepared or (), None
        futures = (*pair, *self._pauses.values())
        self._removals = [self._workers.submit(self._retire, future) for future in futures]
        self._start_pauses()

    def _require_networks(self) -> None:
        for pause in self._pauses.values():
            if (host := _host(pause.result())).is_lost:
                raise host.lost()

    def _start(
        self,
        spec: HostSpec,
        after: Sequence[Future[None]] = (),
        *,
        pause: Future[Container] | None = None,
        is_ours: bool = False,
    ) -> Container:
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
            beside=pause.result().identity if pause else None,
        )
        container = create_container(
            self._engine, spec, place, number=number, uid=FIRST_UID + 2 * (number % UID_PAIRS)
        )
        with self._lock:
            self._containers[container.identity] = container
        host = container.start(spec, place, is_ours=is_ours, code=self._code.get(spec.image, b""))
        if is_ours and self._keeps_networks and spec.image not in self._code:
            self._code[spec.image] = host.code()  # no program of a submission is in there
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
