"""The socket calls of a traced program: lines of strace in, calls out. Pure.

What a program never meant to do is left out: the calls of name resolution, and sockets of other
families than TCP and UDP over IPv4 and IPv6.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from wire.diagram import escape_hex, escape_text
from wire.packet import RESOLVER, Endpoint
from wire.strace import Line, Reader, SocketName, address_of, bytes_of, error_of, socket_of

KINDS = {"TCP", "TCPv6", "UDP", "UDPv6"}
SHOWN = {"socket", "bind", "listen", "connect", "shutdown", "close", "setsockopt", "getsockopt"}
SENDS = {"send", "sendto", "sendmsg", "sendmmsg", "write", "writev", "sendfile"}
RECEIVES = {"recv", "recvfrom", "recvmsg", "recvmmsg", "read", "readv"}
# They wait for the other host: what matters is when they return.
WAITS = RECEIVES | {"accept"}

# The resolver's port (RFC 1035), where a socket is meant for nothing but names.
_NAMES_PORT = 53
# A program that opens more sockets than this loses the oldest from view.
_SOCKETS_REMEMBERED = 4096
# strace's name for a call that a signal has broken off.
_INTERRUPTED = {"ERESTARTSYS", "ERESTARTNOINTR", "ERESTARTNOHAND", "ERESTART_RESTARTBLOCK"}

Part = str | Endpoint


@dataclass(frozen=True)
class Call:
    """One system call on a socket.

    `time_s` is Unix time when it was entered, `took_s` how long it took, None while it waits.
    `arguments` and `results` are printable text and endpoints; results are empty while it waits.
    `ends` are the socket's own and the other end as far as they are known. `length` are the bytes
    it has moved. `is_return` marks the end of a call that was told while it waited. `count` is 1,
    or how many calls like this one were folded into one, with the last one's times. `set_s` is by
    how much the clock that showed `time_s` was set while it lasted.
    """

    host: str
    process: int
    time_s: float
    took_s: float | None
    name: str
    descriptor: int
    arguments: tuple[Part, ...]
    results: tuple[Part, ...] = ()
    is_error: bool = False
    ends: tuple[Endpoint | None, Endpoint | None] = (None, None)
    length: int = 0
    is_return: bool = False
    count: int = 1
    set_s: float = 0.0

    @property
    def moment_s(self) -> float:
        """Where it stands among the segments: where it returns if it waits for one."""
        is_late = self.is_return or (self.name in WAITS and self.took_s is not None)
        return self.time_s + (self.took_s or 0.0) + self.set_s if is_late else self.time_s


@dataclass
class _Known:
    """What is known of a descriptor; `held` are calls not yet known to be meant."""

    name: SocketName
    held: list[Call] | None = None
    is_noise: bool = False


@dataclass
class Trace:
    """One traced program with all its children."""

    host: str
    _reader: Reader = field(default_factory=Reader)
    _sockets: dict[int, _Known] = field(default_factory=dict)

    def read(self, text: str) -> list[Call]:
        """Read one line; return the calls that are now known to be meant, in their order."""
        line = self._reader.read(text)
        return self._take(line) if line else []

    def waiting(self, tail: str) -> list[Call]:
        """Return the calls that have not returned yet; `tail` is a line that has no end yet."""
        calls = []
        for line in self._reader.waiting(tail):
            name = self._name_of(line)
            if name is None or self._is_hidden(name):
                continue
            if call := _call(self.host, line, name):
                calls.append(call)
        return calls

    def _take(self, line: Line) -> list[Call]:
        name = self._name_of(line)
        if name is None or name.kind not in KINDS:
            return []
        call = _call(self.host, line, name)
        if call is None:
            return []
        known = self._know(line, name)
        if call.name == "close":
            self._sockets.pop(name.number, None)
        if call.name == "accept" and not call.is_error:
            made = socket_of(line.result or "")
            if made:
                self._sockets[made.number] = _Known(made)
        if known is None:
            return [call]
        if known.held is not None and not known.is_noise:
            known.held.append(call)
            known.is_noise = _is_resolver(call.ends[1])
            is_meant = call.name in SENDS | RECEIVES | {"bind"} and not known.is_noise
            if not is_meant:
                return []
            held, known.held = known.held, None
            return held
        return [] if known.is_noise else [call]

    def _name_of(self, line: Line) -> SocketName | None:
        """Return which socket a call is about, with what earlier calls have told of its ends."""
        if line.name == "socket":
            return socket_of(line.result or "") or _unmade(line)
        name = socket_of(line.arguments[0]) if line.arguments else None
        if name is None or name.kind not in KINDS:
            return None
        known = self._sockets.get(name.number)
        if known and known.name.kind == name.kind:
            before = known.name
            name = name._replace(
                local=name.local or before.local, remote=name.remote or before.remote
            )
        return name

    def _know(self, line: Line, name: SocketName) -> _Known | None:
        if line.name == "socket":
            if name.number < 0:
                return None
            if len(self._sockets) >= _SOCKETS_REMEMBERED:
                self._sockets.pop(next(iter(self._sockets)))
            self._sockets[name.number] = _Known(name, [] if "UDP" in name.kind else None)
        known = self._sockets.get(name.number)
        if known:
            if line.name == "connect":
                name = name._replace(remote=address_of(" ".join(line.arguments)) or name.remote)
            known.name = name
        return known

    def _is_hidden(self, name: SocketName) -> bool:
        known = self._sockets.get(name.number)
        return bool(known and (known.is_noise or known.held is not None))


def _unmade(line: Line) -> SocketName | None:
    """A socket() that failed, of a family that would have been shown."""
    is_shown = line.arguments[:1] in (("AF_INET",), ("AF_INET6",))
    return SocketName(-1, "TCP", None, None) if is_shown and line.result else None


def _is_resolver(end: Endpoint | None) -> bool:
    return end is not None and (end.address == RESOLVER or end.port == _NAMES_PORT)


def _call(host: str, line: Line, name: SocketName) -> Call | None:
    """Make a call of a line about a socket; None for calls that are not shown."""
    shown = _shown_name(line)
    if shown is None:
        return None
    error = error_of(line.result or "")
    local, remote = name.local, name.remote
    if shown in ("connect", "sendto", "recvfrom"):
        remote = remote or address_of(" ".join(line.arguments[1:]))
    if shown == "accept":
        made = socket_of(line.result or "")
        local, remote = (made.local, made.remote) if made else (None, None)
    results: tuple[Part, ...] = ()
    length = 0
    if line.result is not None:
        results = ("-1", error) if error else _results(shown, line)
        if error in _INTERRUPTED:
            results = ("-1", "EINTR")
        if shown in SENDS | RECEIVES and not error and line.result.split()[0].isdecimal():
            length = int(line.result.split()[0][:18])
    return Call(
        host,
        line.process,
        line.time_s,
        line.took_s,
        shown,
        name.number,
        _arguments(shown, line, name),
        results,
        is_error=error is not None,
        ends=(local, remote),
        length=length,
    )


def _shown_name(line: Line) -> str | None:
    arguments = line.arguments
    match line.name:
        case "accept4":
            return "accept"
        case "sendto" if len(arguments) > 4 and arguments[4] == "NULL":
            return "send"
        case "recvfrom" if len(arguments) <= 4 or arguments[4] == "NULL":
            return "recv"
        case "getsockopt" if "SO_ERROR" not in arguments:
            return None
    return line.name if line.name in SHOWN | SENDS | WAITS else None


def _arguments(shown: str, line: Line, name: SocketName) -> tuple[Part, ...]:
    """What stands between the brackets, without what says nothing to a reader."""
    rest = [_printable(each) for each in line.arguments[1:]]
    number = str(name.number)
    address = address_of(" ".join(line.arguments[1:]))
    if shown == "socket":
        kept = [_printable(line.arguments[0]), *rest[:1]] if line.arguments else rest[:1]
        return tuple(each.replace("|SOCK_CLOEXEC", "") for each in kept)
    if shown in ("bind", "connect"):
        return (number, address) if address else (number,)
    if shown in SENDS:
        sent = _sent(shown, line)
        return (number, *sent, address) if address and shown != "send" else (number, *sent)
    if shown in ("recv", "recvfrom", "read"):
        return (number, *rest[1:2])
    if shown in ("listen", "shutdown"):
        return (number, *rest[:1])
    if shown in ("setsockopt", "getsockopt"):
        value = rest[2:3] if shown == "setsockopt" else []
        return (number, *rest[1:2], *(each.strip("[]") for each in value))
    return (number,)


def _sent(shown: str, line: Line) -> Sequence[str]:
    if shown == "sendfile":
        return [_printable(each) for each in line.arguments[3:4]]
    payload = bytes_of(line.arguments[1]) if len(line.arguments) > 1 else None
    if payload is None:
        return []
    if not payload[1]:
        return [_quote(*payload)]
    return [_quote(*payload), *(_printable(each) for each in line.arguments[2:3])]


def _results(shown: str, line: Line) -> tuple[Part, ...]:
    result = line.result or ""
    if shown == "socket" or shown == "accept":
        made = socket_of(result)
        number = str(made.number) if made else _printable(result)
        peer = made.remote if made and shown == "accept" else None
        return (number, peer) if peer else (number,)
    if shown == "getsockopt":
        return (_printable(line.arguments[3]).strip("[]"),) if len(line.arguments) > 3 else ()
    value = _printable(result.split(" ", maxsplit=1)[0])
    if shown not in RECEIVES or value == "0" or len(line.arguments) < 2:
        return (value,)
    payload = bytes_of(line.arguments[1])
    source = address_of(" ".join(line.arguments[2:])) if shown == "recvfrom" else None
    return (value, *([_quote(*payload)] if payload else []), *([source] if source else []))


def _quote(payload: bytes, is_cut: bool) -> str:
    shown, text = escape_text(payload) or escape_hex(payload)
    return text + ("…" if is_cut or shown < len(payload) else "")


def _printable(text: str) -> str:
    """Text of strace, which is ASCII as long as strace has written it."""
    return "".join(each if " " <= each <= "~" else "?" for each in text[:80])
