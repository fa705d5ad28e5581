"""Programs as tutorials print them, with the addresses written into them, run between two hosts."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from acceptance.compose import Project
from acceptance.waiting import eventually

DIALOGUE_SERVER = """
import socket
server = socket.socket()
server.bind(("192.168.2.4", 7777))
server.listen(5)
while True:
    connection, address = server.accept()
    print("connected:", address)
    while True:
        data = connection.recv(1024)
        if data.decode("utf-8") == "exit":
            break
        connection.send(("got " + data.decode("utf-8")).encode("utf-8"))
    connection.close()
"""
DIALOGUE_CLIENT = """
import socket
client = socket.socket()
client.connect(("192.168.2.4", 7777))
for text in ("hello", "你好"):
    client.send(text.encode("utf-8"))
    print(client.recv(1024).decode("utf-8"))
client.send("exit".encode("utf-8"))
client.close()
"""
FILE_SERVER = """
import socket
server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.bind(("176.234.90.40", 9000))
server.listen(5)
connection, address = server.accept()
with open("/lab/programs.txt", "rb") as file:
    while True:
        data = file.read(1024)
        if not data:
            break
        connection.sendall(data)
connection.close()
server.close()
"""
FILE_CLIENT = """
import socket
client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.connect(("176.234.90.40", 9000))
with open("/tmp/received.txt", "wb") as file:
    while True:
        data = client.recv(1024)
        if not data:
            break
        file.write(data)
client.close()
print(open("/tmp/received.txt").read(), end="")
"""


@dataclass(frozen=True)
class Tutorial:
    """Two programs, the lab whose addresses they have, and what the client prints."""

    lab: str
    net: str
    address: str
    server: str
    client: str
    prints: str


TUTORIALS = [
    Tutorial(
        lab="lab2",
        net="192.168.2",
        address="192.168.2.4:7777",
        server=DIALOGUE_SERVER,
        client=DIALOGUE_CLIENT,
        prints="got hello\ngot 你好\n",
    ),
    Tutorial(
        lab="lab5",
        net="176.234.90",
        address="176.234.90.40:9000",
        server=FILE_SERVER,
        client=FILE_CLIENT,
        prints="line\n" * 1000,
    ),
]


@pytest.mark.parametrize("tutorial", TUTORIALS, ids=lambda each: each.lab)
def test_a_program_typed_in_runs_unchanged(
    make_project: Callable[[], Project], tutorial: Tutorial
) -> None:
    project = make_project()
    project = replace(project, settings={f"{tutorial.lab.upper()}_NET": tutorial.net})
    programs = project.folder / "labs" / tutorial.lab / "programs"
    (programs / "typed_server.py").write_text(tutorial.server)
    (programs / "typed_client.py").write_text(tutorial.client)
    (programs / "programs.txt").write_text("line\n" * 1000)
    project.compose("up", "--detach", tutorial.lab)
    server, client = f"{tutorial.lab}-server", f"{tutorial.lab}-client"
    project.exec(server, "stop-server")
    project.exec(server, "sh", "-c", "python3 typed_server.py >/dev/null 2>&1 &")
    for attempt in eventually():
        with attempt:
            assert project.host(server).socket(f"tcp://{tutorial.address}").is_listening
    assert project.exec(client, "python3", "typed_client.py").stdout == tutorial.prints
