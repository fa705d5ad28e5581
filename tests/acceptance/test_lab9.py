"""Lab 9 as a student starts it: both transports, and what a bad network does to the starter."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import testinfra

from acceptance.compose import Project
from acceptance.waiting import eventually

ASK = "python3 udp_client.py server"
SENT = "/tmp/numbers.txt"  # noqa: S108 - on the lab's client
SEND = f"python3 send_file.py server 6969 {SENT}"
RECEIVED = "/tmp/received.txt"  # noqa: S108 - on the lab's server
RECEIVE = f"python3 receive_file.py 0.0.0.0 6969 {RECEIVED}"
CONNECTED = (
    "python3 -c 'import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM);"
    ' s.connect(("server", 9998)); s.settimeout(5); s.send(b"hello"); s.recv(100)\''
)
TIME_IS_OVER = 124  # timeout(1)


@pytest.fixture(scope="module")
def lab(make_project: Callable[[], Project]) -> Project:
    project = make_project()
    project.compose("up", "--detach", "lab9")
    return project


@pytest.fixture
def server(lab: Project) -> testinfra.host.Host:
    """The server with both ports taken: an empty datagram ends server.py for a moment."""
    server = lab.host("lab9-server")
    for attempt in eventually():
        with attempt:
            assert server.socket("tcp://0.0.0.0:9999").is_listening
            assert server.socket("udp://0.0.0.0:9999").is_listening
    return server


@pytest.fixture
def client(lab: Project, server: testinfra.host.Host) -> testinfra.host.Host:
    client = lab.host("lab9-client")
    client.check_output(f"seq 3000 > {SENT}")
    return client


@contextmanager
def receiver(server: testinfra.host.Host) -> Iterator[None]:
    """Have receive_file.py wait for a file."""
    server.check_output(f"{RECEIVE} > /dev/null 2>&1 &")
    for attempt in eventually():
        with attempt:
            assert server.socket("udp://0.0.0.0:6969").is_listening
    yield
    server.run("pkill -f '[r]eceive_file.py'")


def test_the_same_exchange_over_both_transports(client: testinfra.host.Host, lab: Project) -> None:
    asked = [client.run(f"python3 {name}_client.py server 9999 a 你好") for name in ("udp", "tcp")]
    for done in asked:
        assert done.stdout == "reply: 1 bytes: a\nreply: 6 bytes: 你好\n", done.stderr
    for attempt in eventually():
        with attempt:
            drawn = lab.logs("lab9")
            assert drawn.count("server  UDP") == 4
            assert "three-way handshake complete" in drawn


def test_a_small_buffer_cuts_a_datagram_off(client: testinfra.host.Host) -> None:
    done = client.run(f"{ASK} 9999 'more than sixteen bytes'")
    assert done.stdout == "reply: 16 bytes: more than sixtee\n"


def test_an_empty_datagram_ends_the_starter(client: testinfra.host.Host, lab: Project) -> None:
    assert client.run(f"timeout 1 {ASK} 9999 ''").rc == TIME_IS_OVER
    assert "server.py ended with status 0" in lab.logs("lab9-server")


def test_nobody_tells_an_unconnected_socket(client: testinfra.host.Host) -> None:
    assert client.run(f"timeout 1 {ASK} 9998 hello").rc == TIME_IS_OVER
    assert "Connection refused" in client.run(CONNECTED).stderr


def test_the_starter_brings_a_file_across_a_good_network(
    server: testinfra.host.Host, client: testinfra.host.Host
) -> None:
    with receiver(server):
        assert client.run(SEND).stdout == f"{SENT}: 28 blocks\n"
    assert server.file(RECEIVED).sha256sum == client.file(SENT).sha256sum


def test_the_starter_stops_at_a_loss_and_writes_doubles(
    server: testinfra.host.Host, client: testinfra.host.Host, lab: Project
) -> None:
    lab.exec("lab9", "impair", "loss", "50%")
    with receiver(server):
        assert client.run(f"timeout 1 {SEND}").rc == TIME_IS_OVER
    lab.exec("lab9", "impair", "duplicate", "50%")
    with receiver(server):
        assert client.run(SEND).succeeded
        for attempt in eventually():
            with attempt:
                assert server.file(RECEIVED).size > 13893
    lab.exec("lab9", "impair", "clear")
