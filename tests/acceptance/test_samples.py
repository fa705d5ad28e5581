"""What both hosts tell the wire of their sockets is what `ss` shows there."""

import json
from typing import Any

from acceptance.compose import Project
from acceptance.waiting import eventually

# Accepts, and calls recv() only when a file appears.
SLOW = """
import pathlib, socket, time
listener = socket.create_server(("0.0.0.0", 9200))
connection, _ = listener.accept()
while not pathlib.Path("/tmp/go").exists():
    time.sleep(0.1)
while connection.recv(65536):
    pass
"""
FAST = """
import socket
connection = socket.create_connection(("server", 9200))
connection.sendall(b"x" * 4_000_000)
"""


def sampled(project: Project) -> dict[str, list[dict[str, Any]]]:
    """The samples in the journal of the connection to port 9200, by their host."""
    script = "cat /run/events/lab1/*.jsonl"
    records = [
        json.loads(line) for line in project.exec("lab1", "sh", "-c", script).stdout.splitlines()
    ]
    ours = [
        each
        for each in records
        if each["type"] == "sampled" and 9200 in dict(each["ends"]).values()
    ]
    by_host: dict[str, list[dict[str, Any]]] = {"server": [], "client": []}
    for each in ours:
        by_host["server" if each["ends"][0][1] == 9200 else "client"].append(each)
    return by_host


def queues(project: Project, host: str) -> tuple[int, int]:
    """Recv-Q and Send-Q of that connection, as ss shows them."""
    command = ("ss", "-Htn", "state", "established", "( sport = :9200 or dport = :9200 )")
    received, sent, *_ = project.exec(f"lab1-{host}", *command).stdout.split()
    return int(received), int(sent)


def test_samples_are_what_ss_shows(lab1: Project) -> None:
    for attempt in eventually():
        with attempt:
            assert "docker compose down" in lab1.logs("lab1")
    quietly = ">/dev/null 2>&1 </dev/null &"
    lab1.exec("lab1-server", "sh", "-c", f"rm -f /tmp/go; timeout 60 python3 -c '{SLOW}' {quietly}")
    for attempt in eventually():
        with attempt:
            assert lab1.exec("lab1-server", "ss", "-Htln", "sport = :9200").stdout
    lab1.exec("lab1-client", "sh", "-c", f"timeout 60 python3 -c '{FAST}' {quietly}")
    for attempt in eventually():
        with attempt:
            told = sampled(lab1)
            for host in ("server", "client"):
                assert told[host]
                last = told[host][-1]
                assert last["state"] == "ESTABLISHED"
                assert (last["received"], last["unacknowledged"]) == queues(lab1, host)
            assert told["server"][-1]["received"] > 50_000
            assert told["server"][-1]["window"] == 0
            assert told["client"][-1]["unacknowledged"] > 50_000
            shown = lab1.logs("lab1")
            assert "wait in server's receive buffer: its program has not called recv()" in shown
            assert "wait in client's send buffer: for 1 s the other side has taken none" in shown
    lab1.exec("lab1-server", "touch", "/tmp/go")  # noqa: S108
    for attempt in eventually():
        with attempt:
            told = sampled(lab1)
            assert told["client"][-1]["state"] == "TIME-WAIT"
            assert told["server"][-1]["state"] == "CLOSED"


def test_without_a_connection_nothing_is_told_and_little_done(lab1: Project) -> None:
    script = "cut -d' ' -f14,15 /proc/$(pgrep -x sample-sockets)/stat; cat /proc/uptime"
    before = lab1.exec("lab1-client", "sh", "-c", script).stdout.split()
    lab1.exec("lab1-client", "sleep", "5")
    after = lab1.exec("lab1-client", "sh", "-c", script).stdout.split()
    ticks = sum(int(after[each]) - int(before[each]) for each in (0, 1))
    assert ticks / 100 < 0.05 * (float(after[2]) - float(before[2]))
