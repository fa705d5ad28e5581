"""Lab 5 as a student starts it: two hosts with disks of their own, and the starter's transfer."""

from collections.abc import Callable

import pytest
import testinfra

from acceptance.compose import Project
from acceptance.waiting import eventually

HELLO = "hello from the server\n"
FETCH = "python3 client.py server 9000"


@pytest.fixture(scope="module")
def lab5(make_project: Callable[..., Project]) -> Project:
    project = make_project()
    project.compose("up", "--detach", "lab5")
    for attempt in eventually():
        with attempt:
            assert project.host("lab5-server").socket("tcp://0.0.0.0:9000").is_listening
    return project


@pytest.fixture(scope="module")
def server(lab5: Project) -> testinfra.host.Host:
    return lab5.host("lab5-server")


@pytest.fixture(scope="module")
def client(lab5: Project) -> testinfra.host.Host:
    return lab5.host("lab5-client")


def test_the_hosts_have_the_tutorials_addresses(
    server: testinfra.host.Host, client: testinfra.host.Host, lab5: Project
) -> None:
    assert f"{lab5.net}.40" in server.interface("eth0").addresses
    assert f"{lab5.net}.5" in client.interface("eth0").addresses


def test_the_starter_fetches_the_file_that_is_there(client: testinfra.host.Host) -> None:
    assert client.run(f"{FETCH} /srv/files hello.txt").stdout == "hello.txt: 22 bytes\n"
    assert client.file("/srv/files/hello.txt").content_string == HELLO


def test_the_starter_copies_bytes_as_they_are(
    server: testinfra.host.Host, client: testinfra.host.Host
) -> None:
    server.check_output("head -c 1000001 /dev/urandom > /srv/files/random.bin")
    client.check_output(f"{FETCH} /srv/files random.bin")
    files = [host.file("/srv/files/random.bin") for host in (server, client)]
    assert files[0].sha256sum == files[1].sha256sum


def test_the_starter_gives_away_what_lies_outside(client: testinfra.host.Host) -> None:
    printed = client.check_output("echo ../../etc/passwd | nc -N server 9000")
    assert "root:x:0:0" in printed


def test_a_small_disk_is_soon_full(
    server: testinfra.host.Host, client: testinfra.host.Host
) -> None:
    server.check_output("head -c 2M /dev/zero > /srv/files/large.bin")
    done = client.run(f"{FETCH} /srv/small large.bin")
    assert done.rc == 1
    assert "No space left on device" in done.stderr
    assert client.file("/srv/small/large.bin").size == 1 << 20


def test_the_disks_are_the_students_after_a_restart_as_well(lab5: Project) -> None:
    lab5.compose("restart", "--timeout", "1", "lab5-client")
    client = lab5.host("lab5-client")
    for attempt in eventually():
        with attempt:
            assert client.run(f"{FETCH} /srv/files hello.txt").rc == 0
    assert client.file("/srv/files/hello.txt").content_string == HELLO
    assert client.run("touch /srv/small/x").succeeded
