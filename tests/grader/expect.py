"""Verbs of a check: each waits for what is wanted, or raises CheckFailed with what it saw."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from grader import hints
from grader.errors import CheckFailed
from grader.escaping import difference_rows, first_difference
from grader.language import Text, same
from grader.lesson import Lesson
from grader.proctable import LISTENS, SocketState
from grader.symptoms import ANY_ADDRESS, Symptoms, gather, tell_state

if TYPE_CHECKING:
    from grader.host import Host
    from grader.program import Program

_LOOK_AT_SOCKETS = Text("type ss -tln on {host}", "在 {host} 上运行 ss -tln")


def that(
    holds: bool,
    *,
    saw: Text,
    wanted: Text,
    hint: Text | None = None,
    look: Text | None = None,
) -> None:
    """Fail with this lesson unless it holds."""
    if not holds:
        raise CheckFailed(Lesson(saw, wanted, hint, look))


def listening(
    host: Host,
    port: int,
    program: Program | None = None,
    *,
    address: str = "0.0.0.0",
    timeout_s: float = 5.0,
) -> None:
    """Wait until a TCP socket of `host` listens at `address`:`port`.

    Gives up at once when the program that should do it (the one started last) has ended.
    """

    program = program or (host.programs[-1] if host.programs else None)
    addresses = (address, *(ANY_ADDRESS if "." in address else ("::",)))

    def is_wanted(seen: SocketState) -> bool:
        return seen.local[1] == port and seen.local[0] in addresses

    if host.wait_for_listener(is_wanted, program=program, timeout_s=timeout_s):
        host.steps.add(
            host.name,
            Text("listens on port {port}", "正在监听端口 {port}").fill(port=port),
        )
        return
    seen = gather(host, program, port)
    raise CheckFailed(
        Lesson(
            saw=_tell_listeners(seen, timeout_s),
            wanted=Text(
                "a TCP socket listening on {address}:{port}",
                "一个监听 {address}:{port} 的 TCP 套接字",
            ).fill(address=bracketed(address), port=port),
            hint=hints.explain(seen),
            look=_LOOK_AT_SOCKETS.fill(host=host.name),
        )
    )


def bracketed(address: str) -> str:
    """Write an address so that a port can follow: an IPv6 one in brackets, as ss(8) has it."""
    return f"[{address}]" if ":" in address else address


def same_bytes(
    saw: bytes, wanted: bytes, *, hint: Text | None = None, look: Text | None = None
) -> None:
    """Compare what came with what was wanted; show both rows from the first difference."""
    offset = first_difference(saw, wanted)
    if offset is None:
        return
    rows = difference_rows(saw, wanted, offset)
    raise CheckFailed(
        Lesson(
            saw=_ROW.fill(row=same(rows.saw)),
            wanted=_ROW_AND_CARET.fill(
                row=same(rows.wanted),
                indent=" " * rows.caret_cells,
                remark=_tell_difference(saw, wanted, offset, start=rows.start),
            ),
            hint=hint,
            look=look,
        )
    )


def ended(
    program: Program,
    *,
    status: int = 0,
    timeout_s: float = 5.0,
    hint: Text | None = None,
) -> None:
    """Wait until the program has ended with this exit status."""
    found = program.wait(timeout_s)
    if found == status:
        return
    seen = gather(program.host, program)
    raise CheckFailed(
        Lesson(
            saw=tell_state(seen)
            if found is not None
            else Text(
                "{program} had not ended after {t:g} s", "{t:g} 秒后 {program} 还没有结束"
            ).fill(program=seen.program, t=timeout_s),
            wanted=Text(
                "{program} ends with status {status}", "{program} 结束，退出状态为 {status}"
            ).fill(program=seen.program, status=status),
            hint=hints.explain(seen, otherwise=hint) if found is not None else hint or _BLOCKED,
        )
    )


def running(program: Program, *, hint: Text | None = None) -> None:
    """Fail if the program has ended."""
    if program.is_running:
        return
    seen = gather(program.host, program)
    raise CheckFailed(
        Lesson(
            saw=tell_state(seen),
            wanted=Text("{program} goes on running", "{program} 继续运行").fill(
                program=seen.program
            ),
            hint=hints.explain(seen, otherwise=hint),
        )
    )


def printed(program: Program, wanted: bytes, *, since: int = 0, hint: Text | None = None) -> None:
    """Fail unless these bytes stand somewhere in what the program has printed.

    With `since`, only what came after so many bytes counts, and is told.
    """
    if wanted in program.stdout[since:]:
        return
    seen = gather(program.host, program)
    seen = replace(seen, stdout=seen.stdout[since:])
    raise CheckFailed(
        Lesson(
            saw=_tell_output(seen),
            wanted=Text("{data} in its output", "输出里有 {data}").fill(data=wanted),
            hint=hints.explain(seen, otherwise=hint or (None if seen.stdout else _UNFLUSHED)),
        )
    )


def within(took_s: float, limit_s: float, *, what: Text, hint: Text | None = None) -> None:
    """Fail if something measured took longer than it may."""
    that(
        took_s <= limit_s,
        saw=Text("{what} took {took:.2f} s", "{what}用了 {took:.2f} 秒").fill(
            what=what, took=took_s
        ),
        wanted=Text("at most {limit:g} s", "最多 {limit:g} 秒").fill(limit=limit_s),
        hint=hint,
    )


_ROW = same("{row}")
_ROW_AND_CARET = same("{row}\n{indent}^ {remark}")
_BLOCKED = Text(
    "it waits in a call that blocks: recv() waits until bytes or the end of the stream come,"
    " input() until a line is typed",
    "它停在一个阻塞调用里：recv() 要等到有字节或者流结束，input() 要等到有人输入一行",
)
_UNFLUSHED = Text(
    "what is printed may still be in a buffer: print(..., flush=True)",
    "输出可能还留在缓冲区里：用 print(..., flush=True)",
)


def _tell_difference(saw: bytes, wanted: bytes, offset: int, *, start: int) -> Text:
    if offset == len(saw):
        told = Text(
            "ends here: {saw:,} of {wanted:,} bytes came",
            "到这里就没有了：收到 {saw:,} 字节，应为 {wanted:,} 字节",
        )
    elif offset == len(wanted):
        told = Text(
            "should end here: {saw:,} bytes came, not {wanted:,}",
            "应该到此为止：收到 {saw:,} 字节，应为 {wanted:,} 字节",
        )
    else:
        told = Text(
            "first difference: byte {offset:,}, counted from 0",
            "第一处不同：第 {offset:,} 个字节（从 0 数起）",
        )
    told = told.fill(saw=len(saw), wanted=len(wanted), offset=offset)
    if not start:
        return told
    return Text("{told}; shown from byte {start:,}", "{told}；从第 {start:,} 个字节开始显示").fill(
        told=told, start=start
    )


def _tell_listeners(seen: Symptoms, timeout_s: float) -> Text:
    here = seen.at_port(LISTENS)
    if here:
        return Text(
            "{program} listens on {address}:{port}", "{program} 监听的是 {address}:{port}"
        ).fill(
            program=seen.program or seen.host, address=bracketed(here[0].local[0]), port=seen.port
        )
    nothing = Text(
        "nothing listens on TCP port {port} of {host}", "{host} 上没有程序监听 TCP 端口 {port}"
    ).fill(port=seen.port, host=seen.host)
    if not seen.program:
        return nothing
    if seen.exit_status is None:
        nothing = Text("{nothing} after {t:g} s", "{t:g} 秒后，{nothing}").fill(
            nothing=nothing, t=timeout_s
        )
    return Text("{nothing}; {state}", "{nothing}；{state}").fill(
        nothing=nothing, state=tell_state(seen)
    )


def _tell_output(seen: Symptoms) -> Text:
    if seen.stdout:
        told = Text("{program} printed {data}", "{program} 输出了 {data}")
    else:
        told = Text("{program} printed nothing", "{program} 没有任何输出")
    told = told.fill(program=seen.program, data=seen.stdout)
    if seen.stdout and not seen.raised:
        return told
    return same("{told}\n{state}").fill(told=told, state=tell_state(seen))
