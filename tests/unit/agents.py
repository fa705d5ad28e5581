"""Agents without an engine: the real one as a process of this machine, and a scripted one."""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from grader.channel import BOOTSTRAP, HEADER, STDOUT, Channel, open_channel
from grader.settings import Settings

NOBODY = 65534
STDERR = 2
# As root the agent drops to another user. Otherwise it stays who it is, like its programs.
UID = NOBODY if os.geteuid() == 0 else os.geteuid()
# The limit of processes counts all of this user's, whatever else the machine does.
LOCAL = Settings(student_uid=UID, limits={"NOFILE": 64, "CORE": 0}, output_bytes=1000)


class ProcessStream:
    """A process's pipes as the engine's attached stream shows them."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self.process = process

    def recv(self, size: int) -> bytes:
        assert self.process.stdout
        data = os.read(self.process.stdout.fileno(), size)
        return data and HEADER.pack(STDOUT, len(data)) + data

    def send(self, data: Any) -> int:
        assert self.process.stdin
        return os.write(self.process.stdin.fileno(), data)

    def shutdown(self, how: int) -> None:
        assert self.process.stdin
        with suppress(BrokenPipeError):
            self.process.stdin.close()

    def close(self) -> None:
        self.process.wait()


@contextmanager
def local_agent(settings: Settings = LOCAL, *, code: bytes = b"") -> Iterator[Channel]:
    """Run the agent as open_channel() sends it, on this machine; it is not PID 1."""
    command = ["setpriv", "--no-new-privs", sys.executable, "-I", "-S", "-c", BOOTSTRAP]
    pipe, environment = subprocess.PIPE, {"PATH": "/usr/bin:/bin"}
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, env=environment) as process:
        stream = ProcessStream(process)
        channel = open_channel(stream, name="server", settings=settings, code=code)
        try:
            yield channel
        finally:
            channel.close()


Script = Callable[[dict[str, Any]], list[dict[str, Any]]]
HELLO = {"pid": 1, "no_new_privs": True, "at": 0.0}


def answer(**fields: object) -> Script:
    """Answer each request with these fields."""
    return lambda request: [{"id": request["id"], "answer": fields}]


class ScriptedAgent:
    """The far end of a channel: reads requests, says what a script makes of them."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.requests: list[dict[str, Any]] = []
        self.near, self.far = socket.socketpair()
        self.thread = threading.Thread(target=self._serve, daemon=True)

    def say(self, message: object, kind: int = STDOUT) -> None:
        line = json.dumps(message).encode() + b"\n"
        self.far.sendall(HEADER.pack(kind, len(line)) + line)

    def _serve(self) -> None:
        with self.far.makefile("rb") as requests:
            requests.read(int(requests.read(8)))  # the agent's sources
            for line in requests:
                request = json.loads(line)
                self.requests.append(request)
                for message in self.script(request):
                    self.say(message)


@contextmanager
def scripted_channel(script: Script) -> Iterator[tuple[Channel, ScriptedAgent]]:
    """Open a channel whose hello succeeds; the script answers all that follows."""

    def whole(request: dict[str, Any]) -> list[dict[str, Any]]:
        return answer(**HELLO)(request) if request["op"] == "hello" else script(request)

    agent = ScriptedAgent(whole)
    agent.thread.start()
    channel = open_channel(agent.near, name="server", settings=LOCAL)
    agent.requests.clear()
    try:
        yield channel, agent
    finally:
        channel.close()
        agent.far.close()
        agent.thread.join()
