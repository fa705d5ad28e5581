"""One open line to the agent of a container: requests, their answers, and events."""

from __future__ import annotations

import base64
import itertools
import json
import marshal
import queue
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

import wire.capture
from grader import agent
from grader.agent import capture, child, files, loop, program, raw, sockets
from grader.errors import GraderError
from grader.language import Text
from grader.settings import Settings

Event = Mapping[str, Any]

HELLO_TIMEOUT_S = 30.0  # a container's start on a busy machine, before the agent can answer
READ_BYTES = 1 << 18
_MARSHAL = 2  # a version of the format that every Python 3 reads
LAST_WORDS_BYTES = 4096

# Each frame of an attached stream begins with its kind, three zeros and its size: the engine's
# API, "Attach to a container", stream format.
HEADER = struct.Struct(">BxxxL")
STDOUT = 1

# Reads the agent's modules from stdin and imports them as if they were files: as sources, or as an
# agent of the same Python has compiled them. Not a byte more is read than they have, the rest
# belongs to the agent.
BOOTSTRAP = """
import marshal, os, sys
from _frozen_importlib import ModuleSpec
def take(size):
    data = b""
    while len(data) < size:
        part = os.read(0, size - len(data))
        if not part:
            sys.exit()
        data += part
    return data
class Sent:
    def find_spec(self, name, path=None, target=None):
        if name in modules:
            return ModuleSpec(name, self, is_package=not modules[name])
    def create_module(self, spec):
        return None
    def exec_module(self, module):
        name = module.__name__
        if isinstance(modules[name], str) and modules[name]:
            modules[name] = compile(modules[name], name, "exec")
        if modules[name]:
            exec(modules[name], module.__dict__)
modules = marshal.loads(take(int(take(8))))
sys.meta_path.insert(0, Sent())
from grader.agent.loop import main
main()
"""

# The command of every container whose stdin an open_channel() will speak to.
COMMAND = ("python3", "-I", "-S", "-c", BOOTSTRAP)


class Stream(Protocol):
    """What is used of the socket that the engine's client gives when it attaches."""

    def recv(self, size: int, /) -> bytes: ...  # noqa: D102
    def send(self, data: Any, /) -> int: ...  # noqa: D102
    def close(self) -> None: ...  # noqa: D102


class ChannelClosed(GraderError):  # noqa: N818 - the engine's word for it
    """The agent is gone, and with it the container and all that ran in it."""


class Channel:
    """Requests from any thread; each event goes to the one handler of its program or capture.

    Handlers run in the channel's reader thread, in the order of the events, and must not wait.
    When the channel closes, each gets {"event": "closed"}.
    """

    def __init__(self, stream: Any, *, name: str, settings: Settings) -> None:
        self.name = name
        self.settings = settings
        self.clock_offset_s = 0.0
        self._kept = stream  # the SDK closes the socket when its own object is gone
        self._stream = _socket_of(stream)
        self._numbers = itertools.count(1)
        self._outgoing: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._answers: dict[int, Future[dict[str, Any]]] = {}
        self._handlers: dict[int, Callable[[Event], None]] = {}
        self._closed: ChannelClosed | None = None
        self._last_words = b""
        # A thread writes, so that a check whose time is over never leaves half a line behind.
        self._threads = [
            threading.Thread(target=work, name=f"{work.__name__} {name}", daemon=True)
            for work in (self._write, self._read)
        ]

    @property
    def is_closed(self) -> bool:
        """Is the agent gone?"""
        return self._closed is not None

    def open(self, code: bytes) -> None:
        """Send the agent, as sources without `code`, and start to listen to it."""
        for thread in self._threads:
            thread.start()
        modules = code or marshal.dumps(_sources(), _MARSHAL)
        self._outgoing.put(b"%08d" % len(modules) + modules)

    def new_number(self) -> int:
        """Give a number for a program or a capture, to subscribe before it is started."""
        return next(self._numbers)

    def subscribe(self, number: int, handler: Callable[[Event], None]) -> None:
        """Hand events of this program or capture to `handler` from now on."""
        self._handlers[number] = handler

    def unsubscribe(self, number: int) -> None:
        """Drop the events of this program or capture."""
        self._handlers.pop(number, None)

    def request(self, op: str, *, timeout_s: float, **fields: object) -> dict[str, Any]:
        """Ask the agent and wait for its answer.

        Raises ChannelClosed when the agent is gone, GraderError when it refuses or is silent.
        """
        number = self.new_number()
        answer: Future[dict[str, Any]] = Future()
        line = json.dumps({"id": number, "op": op, **fields}).encode() + b"\n"
        with self._lock:
            if self._closed:
                raise self._closed
            self._answers[number] = answer
        self._outgoing.put(line)
        try:
            return answer.result(timeout_s)
        except TimeoutError:
            raise GraderError(SILENT.fill(host=self.name, op=op, limit=timeout_s)) from None
        finally:
            self._answers.pop(number, None)

    def post(self, op: str, **fields: object) -> None:
        """Have the agent do something without an answer. Raises ChannelClosed."""
        with self._lock:
            if self._closed:
                raise self._closed
        self._outgoing.put(json.dumps({"id": 0, "op": op, **fields}).encode() + b"\n")

    def close(self) -> None:
        """End the agent, and so the container."""
        self._close("closed by the grader")
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join()

    def _write(self) -> None:
        with suppress(OSError):  # the reader sees it as well, and says so
            while (data := self._outgoing.get()) is not None:
                rest = memoryview(data)
                while rest:
                    rest = rest[self._stream.send(rest) :]

    def _read(self) -> None:
        reason = "its output ended"
        received = bytearray()
        try:
            for kind, data in frames(self._stream):
                if kind != STDOUT:
                    self._last_words = (self._last_words + data)[-LAST_WORDS_BYTES:]
                    continue
                received += data
                if b"\n" in data:
                    *lines, received = received.split(b"\n")
                    for line in lines:
                        self._dispatch(json.loads(line))
        except Exception as problem:  # of the stream, of a line that is no JSON, of a handler
            reason = f"{type(problem).__name__}: {problem}"
        self._close(reason)

    def _dispatch(self, message: dict[str, Any]) -> None:
        if "event" in message:
            number = message.get("program") or message.get("capture")
            if handler := self._handlers.get(number or 0):
                handler(message)
        elif answer := self._answers.pop(message["id"], None):  # from now on no end can reach it
            if "error" in message:
                answer.set_exception(GraderError(f"{self.name}: {message['error']}"))
            else:
                answer.set_result(message["answer"])

    def _close(self, reason: str) -> None:
        with self._lock:
            if self._closed:
                return
            said = self._last_words.decode(errors="replace").strip().splitlines()[-1:]
            reason = "; ".join([reason, *said])
            self._closed = ChannelClosed(GONE.fill(host=self.name, reason=reason))
        self._outgoing.put(None)
        shut(self._stream)
        for answer in list(self._answers.values()):
            answer.set_exception(self._closed)
        for handler in list(self._handlers.values()):
            handler({"event": "closed"})


def open_channel(stream: Any, *, name: str, settings: Settings, code: bytes = b"") -> Channel:
    """Speak to the agent of a container that runs COMMAND; wait until it answers.

    `stream` is what attach_socket() of the docker SDK returned for stdin, stdout and stderr. It
    has to be attached before the container is started or soon after; nothing is said on it before
    this call. `code` is the answer of an agent in a container of the same image to "code": then
    this one need not compile its sources. Raises GraderError when no agent answers.
    """
    channel = Channel(stream, name=name, settings=settings)
    channel.open(code)
    try:
        before_s = time.monotonic()
        hello = channel.request("hello", timeout_s=HELLO_TIMEOUT_S, **settings.as_fields())
        after_s = time.monotonic()
        if not before_s <= hello["at"] <= after_s:  # the clock of another kernel
            channel.clock_offset_s = hello["at"] - (before_s + after_s) / 2
        if not hello["no_new_privs"]:
            raise GraderError(f"{name} was started without no-new-privileges")
    except BaseException:
        channel.close()
        raise
    return channel


def shut(stream: Stream) -> None:
    """Close a stream that another thread may be reading."""
    with suppress(OSError, AttributeError):
        stream.shutdown(2)  # type: ignore[attr-defined]
    with suppress(OSError):
        stream.close()


def frames(stream: Stream) -> Iterator[tuple[int, bytes]]:
    """Take the engine's frames apart into kind and payload; ends with the stream."""
    received = bytearray()
    while data := stream.recv(READ_BYTES):
        received += data
        while len(received) >= HEADER.size:
            kind, size = HEADER.unpack_from(received)
            if len(received) < HEADER.size + size:
                break
            yield kind, bytes(received[HEADER.size : HEADER.size + size])
            del received[: HEADER.size + size]


def pack(data: bytes) -> str:
    """Bytes as they travel in a request."""
    return base64.b64encode(data).decode()


def unpack(text: str) -> bytes:
    """Bytes as they came in an answer."""
    return base64.b64decode(text)


def _socket_of(stream: Any) -> Stream:
    """Find the socket in what the SDK returns, and take its time limit away."""
    inner: Any = getattr(stream, "_sock", stream)
    if hasattr(inner, "settimeout"):
        inner.settimeout(None)
    return inner  # type: ignore[no-any-return]


def _sources() -> dict[str, str]:
    """The agent's modules; a package has no source, its __init__ is documentation."""
    packages = dict.fromkeys(("grader", agent.__name__, "wire"), "")
    modules = (child, files, raw, program, capture, sockets, loop, wire.capture)
    return packages | {
        module.__name__: Path(str(module.__file__)).read_text(encoding="utf-8")
        for module in modules
    }


SILENT = Text(
    "the container {host} did not answer {op} within {limit:g} s",
    "容器 {host} 在 {limit:g} 秒内没有应答 {op}",
)
GONE = Text("the container {host} is gone: {reason}", "容器 {host} 已经不在了：{reason}")
