"""Take lines of strace apart: text in, names, arguments and results out. Pure, and never raises.

The lines are those of `strace --always-show-pid -f -ttt -T -e decode-fds=socket`; whoever wrote
them may have meant harm.

    14    1795863381.378459 recvfrom(4<TCP:[10.0.0.4:80->10.0.0.5:90]>, "hi", 9, ...) = 2 <0.0001>
"""

import ipaddress
import re
from dataclasses import dataclass
from typing import NamedTuple

from wire.packet import Endpoint

_LINE = re.compile(r"(\d{1,9}) +(\d{1,10}\.\d{1,9}) (.*)", re.DOTALL)
_RETURNED = re.compile(r"(\w{1,20})\((.*)\)\s+= (.+?)(?: <(\d{1,9}\.\d{1,9})>)?", re.DOTALL)
_ENTERED = re.compile(r"(\w{1,20})\((.*)", re.DOTALL)
_RESUMED = re.compile(r"<\.\.\. \w{1,20} resumed>(.*)", re.DOTALL)
_UNFINISHED = " <unfinished ...>"
_SOCKET = re.compile(r"(-?\d{1,9})<([A-Za-z]\w{0,20}):\[(.*)\]>", re.DOTALL)
_ERROR = re.compile(r"(?:-1|\?) ([A-Z][A-Z0-9]{1,30})\b")
_ADDRESS = re.compile(r'sin6?_port=htons\((\d{1,5})\).*?(?:inet_addr\(|AF_INET6, )"([^"]{1,64})"')
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"(\.\.\.)?', re.DOTALL)
_ESCAPE = re.compile(r"\\([0-7]{1,3}|x[0-9a-fA-F]{2}|.)", re.DOTALL)
_PLAIN = {"n": 10, "r": 13, "t": 9, "v": 11, "f": 12, "a": 7, "b": 8}
_OPENING, _CLOSING = "([{<", ")]}>"

# Arguments of the calls that are shown are fewer, and each is a string of 64 bytes at the most.
MOST_ARGUMENTS = 16


class SocketName(NamedTuple):
    """A file descriptor that is a socket: `kind` is TCP, TCPv6, UDP, ...

    `local` and `remote` are None as far as they are not known.
    """

    number: int
    kind: str
    local: Endpoint | None
    remote: Endpoint | None


@dataclass(frozen=True)
class Line:
    """One system call. `result` is None while it has not returned, `took_s` then as well."""

    process: int
    time_s: float
    name: str
    arguments: tuple[str, ...]
    result: str | None = None
    took_s: float | None = None


class Reader:
    """Puts together calls that other processes interrupted; one for each trace."""

    def __init__(self) -> None:
        self._unfinished: dict[int, tuple[str, str]] = {}

    def read(self, text: str) -> Line | None:
        """Read one line without its end; None if it is no call, or one that goes on later."""
        found = _LINE.fullmatch(text)
        if not found:
            return None
        process, time, rest = found.groups()
        if rest.endswith(_UNFINISHED):
            if len(self._unfinished) < 1000:
                self._unfinished[int(process)] = time, rest.removesuffix(_UNFINISHED)
            return None
        if resumed := _RESUMED.fullmatch(rest):
            time, begun = self._unfinished.pop(int(process), (time, ""))
            rest = begun + resumed[1]
        returned = _RETURNED.fullmatch(rest)
        if not returned:
            return None
        name, arguments, result, took = returned.groups()
        took_s = float(took) if took else 0.0
        return Line(int(process), float(time), name, split(arguments), result, took_s)

    def waiting(self, tail: str) -> list[Line]:
        """Return the calls that have not returned; `tail` is a line that has no end yet."""
        begun = [(str(process), *each) for process, each in self._unfinished.items()]
        if (found := _LINE.fullmatch(tail)) and not _RESUMED.match(found[3]):
            begun.append((found[1], found[2], found[3]))
        entered = [(each, _ENTERED.fullmatch(each[2])) for each in begun]
        return [
            Line(int(process), float(time), match[1], split(match[2]))
            for (process, time, _), match in entered
            if match
        ]


def split(arguments: str) -> tuple[str, ...]:
    """Split arguments at the commas that stand in no brackets and no quotes."""
    parts: list[str] = []
    part, depth, position = "", 0, 0
    while position < len(arguments) and len(parts) < MOST_ARGUMENTS:
        character = arguments[position]
        if character == '"' and (quoted := _QUOTED.match(arguments, position)):
            part += quoted[0]
            position = quoted.end()
            continue
        if arguments.startswith("->", position):
            part += "->"
            position += 2
            continue
        depth += (character in _OPENING) - (character in _CLOSING)
        if character == "," and depth <= 0:
            parts.append(part.strip())
            part = ""
        else:
            part += character
        position += 1
    return (*parts, part.strip()) if part.strip() else tuple(parts)


def socket_of(text: str) -> SocketName | None:
    """Read `3<TCP:[10.0.0.4:80->10.0.0.5:90]>`; None for what is not a socket."""
    found = _SOCKET.fullmatch(text)
    if not found:
        return None
    local, _, remote = found[3].partition("->")
    return SocketName(int(found[1]), found[2], _endpoint(local), _endpoint(remote))


def address_of(text: str) -> Endpoint | None:
    """Read the address in a struct sockaddr of IPv4 or IPv6."""
    found = _ADDRESS.search(text)
    return _endpoint(f"[{found[2]}]:{found[1]}") if found else None


def error_of(result: str) -> str | None:
    """Return the name of the error, such as ECONNREFUSED; None if the call succeeded."""
    found = _ERROR.match(result)
    return found[1] if found else None


def bytes_of(text: str) -> tuple[bytes, bool] | None:
    """Return the first quoted bytes in an argument and whether they were cut; None without any."""
    found = _QUOTED.search(text)
    if not found:
        return None

    def unescape(escape: re.Match[str]) -> str:
        code = escape[1]
        if code[0] in "01234567":
            return chr(int(code, 8) & 0xFF)
        if code[0] == "x" and len(code) == 3:
            return chr(int(code[1:], 16))
        return chr(_PLAIN.get(code, ord(code) & 0xFF))

    plain = _ESCAPE.sub(unescape, found[1])
    return plain.encode("latin-1", "replace"), bool(found[2])


def _endpoint(text: str) -> Endpoint | None:
    """Read `10.0.0.4:80` or `[::1]:80`; an IPv4 address in an IPv6 one becomes plain IPv4."""
    host, _, port = text.rpartition(":")
    try:
        address = ipaddress.ip_address(host.strip("[]"))
        number = int(port)
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return Endpoint(str(mapped or address), number) if 0 <= number < 65536 else None
