"""Lab 3's answers: a time in brackets, a space, the text and a line end."""

from __future__ import annotations

import calendar
import re
import time
from typing import TYPE_CHECKING

from grader import expect
from grader.errors import GraderError
from grader.language import Text

if TYPE_CHECKING:
    from grader.host import Host
    from grader.peer_connection import Connection

# time.ctime() writes a day below 10 with a space, strftime("%d") with a 0: both are taken.
STAMP = re.compile(rb"\[([A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4})\] ")

# time.ctime() gives the time of the kernel's last tick: up to 10 ms ago.
TICK_S = 0.05


def answer(text: bytes, at: bytes) -> bytes:
    """Make the answer to a text at a time, as time.ctime() writes it."""
    return b"[" + at + b"] " + text + b"\n"


def expect_answer(saw: bytes, text: bytes, server: Host, *, hint: Text) -> None:
    """Fail unless this is the answer to a text, at whatever time."""
    begun = STAMP.match(saw)
    at = begun[1] if begun else written(clock_s(server))
    expect.same_bytes(saw, answer(text, at), hint=hint)


def receive_answer(connection: Connection, text: bytes, server: Host, *, hint: Text) -> None:
    """Read one line; fail unless it is the answer to a text, at whatever time."""
    expect_answer(connection.receive_line(hint=hint), text, server, hint=hint)


def receive_time_s(connection: Connection, server: Host) -> int:
    """Have a line answered, now; fail unless the answer tells that time. Give it in seconds."""
    before_s = clock_s(server) - TICK_S
    connection.send(b"what time is it?\n")
    line = connection.receive_line()
    after_s = clock_s(server)
    begun = STAMP.match(line)
    told_s = seconds(begun[1] if begun else b"")
    expect.that(
        int(before_s) <= told_s <= after_s,
        saw=Text(
            "{line}, when the server's clock was at {now}", "{line}，而服务器的时钟是 {now}"
        ).fill(line=line, now=written(after_s)),
        wanted=Text("the time at which it answers", "回复那一刻的时间"),
        hint=Text(
            "time.ctime() without an argument is the time of the call; call it for each line, and"
            " add nothing",
            "不带参数的 time.ctime() 给出调用那一刻的时间；每一行都要重新调用，不要加减时差",
        ),
    )
    return told_s


def clock_s(host: Host) -> float:
    """Read the clock of a host, in seconds since 1970."""
    done = host.run("date", "+%s.%N", cwd="/", user="observer")
    if done.exit_status:
        raise GraderError(f"date ended with status {done.exit_status} on {host.name}")
    return float(done.stdout)


def written(at_s: float) -> bytes:
    """Write a time, in seconds since 1970, as time.ctime() does on the hosts: they are in UTC."""
    return time.asctime(time.gmtime(at_s)).encode()


def seconds(at: bytes) -> int:
    """Read a time that time.ctime() wrote in UTC; -1 if there is no such time."""
    try:
        return calendar.timegm(time.strptime(at.decode(), "%a %b %d %H:%M:%S %Y"))
    except ValueError:
        return -1
