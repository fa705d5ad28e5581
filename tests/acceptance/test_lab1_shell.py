"""What a student finds in a shell of lab 1's hosts: greeting, tools, clients, own files."""

import re
from collections.abc import Callable

import pytest
import testinfra

from acceptance.compose import Project, student_uid
from acceptance.terminal import CTRL_C, Terminal
from acceptance.waiting import eventually

GREETINGS = {
    ("en", "client"): "You are on client {net}.5, in lab1.\nThe other host is server {net}.4.\n",
    ("en", "server"): "You are on server {net}.4, in lab1.\nThe other host is client {net}.5.\n",
    ("zh", "client"): "你在主机 client {net}.5 上，实验 lab1。\n另一台主机是 server {net}.4。\n",
    ("zh", "server"): "你在主机 server {net}.4 上，实验 lab1。\n另一台主机是 client {net}.5。\n",
}
# What a student types, and what has to be seen.
TOOLS = {
    "tcpdump": (
        "ping -c 50 -i 0.1 server >/dev/null & timeout 10 tcpdump -c 1 -i eth0 icmp",
        "ICMP echo request",
    ),
    "strace": (
        "strace -e trace=connect python3 client.py server 9",
        "{sa_family=AF_INET, sin_port",
    ),
    "ping": ("ping -c 1 server", "1 received, 0% packet loss"),
    "ss": ("ss -tan", "Local Address:Port"),
    "ip": ("ip address show eth0", "state UP"),
    "ps": ("ps -ef", "sleep infinity"),
    "less": ("less client.py", "import socket"),
    "nano": ("nano --version", "GNU nano"),
}

INTERRUPTED = 130  # 128 + SIGINT, as shells count


def shell(project: Project, service: str, *command: str) -> Terminal:
    """`docker compose exec SERVICE` in a terminal."""
    return Terminal(
        ("docker", "compose", "exec", service, *(command or ("bash",))),
        folder=project.folder,
        environment=project.environment,
    )


@pytest.mark.parametrize(("language", "host"), GREETINGS)
def test_a_shell_greets(language: str, host: str, request: pytest.FixtureRequest) -> None:
    lab: Project = request.getfixturevalue("lab1" if language == "en" else "lab1_zh")
    with shell(lab, f"lab1-{host}") as terminal:
        terminal.wait_for(rf"^{host}:/lab\$ $")
        assert GREETINGS[language, host].format(net=lab.net) in terminal.output


def test_the_greeting_says_that_the_other_host_is_down(make_project: Callable[[], Project]) -> None:
    lab = make_project()
    lab.compose("up", "--detach", "lab1-client")
    with shell(lab, "lab1-client") as terminal:
        terminal.wait_for(r"The other host is server \(not up: docker compose up lab1\)\.")


def test_every_command_of_the_greeting_exists(lab1: Project) -> None:
    for service in ("lab1-client", "lab1-server"):
        host = lab1.host(service)
        greeting = host.check_output("python3 -I /usr/local/lib/socklab/greet.py")
        commands = re.findall(r"^  (\S+) .*#", greeting, re.MULTILINE)
        assert len(commands) >= 4
        for command in commands:
            assert host.exists(command)


@pytest.mark.parametrize("tool", TOOLS)
def test_the_student_can_use(lab1: Project, tool: str) -> None:
    command, seen = TOOLS[tool]
    done = lab1.host("lab1-client").run(command)
    assert seen in done.stdout + done.stderr


@pytest.mark.parametrize("text", ["hello", "你好"])
def test_telnet_is_a_client(lab1: Project, text: str) -> None:
    wait_for_server(lab1)
    with shell(lab1, "lab1-client", "telnet", "server", "8080") as terminal:
        terminal.wait_for(r"^Escape character is")
        terminal.type(f"{text}\n")
        terminal.wait_for(rf"^{len(text)} bytes: {text}$")
        terminal.wait_for(r"^Connection closed by foreign host\.$")


@pytest.mark.parametrize("text", ["hello", "你好"])
def test_nc_is_a_client(lab1: Project, text: str) -> None:
    wait_for_server(lab1)
    with shell(lab1, "lab1-client", "nc", "server", "8080") as terminal:
        terminal.wait_for_container()
        terminal.type(f"{text}\n")
        terminal.wait_for(rf"^{len(text)} bytes: {text}$")
        terminal.type(CTRL_C)  # nc goes on reading the keyboard after the server's close
        assert terminal.wait() == INTERRUPTED


def wait_for_server(lab: Project) -> None:
    """The starter serves one client, and is away for a moment after each."""
    server = lab.host("lab1-server")
    for attempt in eventually():
        with attempt:
            assert server.socket("tcp://0.0.0.0:8080").is_listening


def test_nc_takes_a_line_from_a_pipe(lab1: Project) -> None:
    for attempt in eventually():
        with attempt:
            done = lab1.exec("lab1-client", "nc", "server", "8080", stdin="hello\n", check=False)
            assert done.stdout == "5 bytes: hello\n"


def test_a_file_made_in_a_container_belongs_to_the_student(lab1: Project) -> None:
    made = lab1.folder / "labs/lab1/programs/made.txt"
    lab1.exec("lab1-client", "touch", "/lab/made.txt")
    owner = made.stat().st_uid
    made.unlink()
    assert owner == student_uid(lab1.folder)


def test_both_hosts_see_the_same_folder(lab1: Project) -> None:
    listings = {
        lab1.exec(service, "ls", "/lab").stdout.strip()
        for service in ("lab1-client", "lab1-server")
    }
    assert listings == {"client.py\nserver.py"}


def test_python_is_3_13(lab1: Project) -> None:
    host: testinfra.host.Host = lab1.host("lab1-client")
    assert host.check_output("python3 --version").startswith("Python 3.13.")
