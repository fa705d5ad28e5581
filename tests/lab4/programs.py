"""Lab 4's programs on the hosts, as the handout says they are started, and what they use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader import expect
from grader.language import Text

if TYPE_CHECKING:
    from grader.host import Host
    from grader.program import Program


def serve(server: Host, port: int) -> Program:
    """Start server.py and wait until it listens."""
    program = server.start("python3", "server.py", "0.0.0.0", str(port), stdin=b"")
    expect.listening(server, port, program)
    return program


def start_client(client: Host, host: str, port: int, name: str) -> Program:
    """Start client.py for a server at host and port; its input stays open."""
    return client.start("python3", "client.py", host, str(port), name)


def expect_end(
    program: Program,
    after: Text,
    *,
    limit_s: float,
    late: Text,
    by_status: Mapping[int, Text],
    otherwise: Text | None = None,
) -> None:
    """Wait until a program has ended with status 0; the hint depends on how it ended, or not."""
    status = program.wait(limit_s)
    expect.that(
        status is not None,
        saw=Text(
            "{program} had not ended {limit:g} s after {what}",
            "{what} 之后过了 {limit:g} 秒，{program} 还没有结束",
        ).fill(program=program.argv[1], limit=limit_s, what=after),
        wanted=Text("it ends, with status 0", "程序结束，状态码为 0"),
        hint=late,
    )
    expect.ended(program, hint=by_status.get(status or 0, otherwise))


@dataclass(frozen=True)
class Usage:
    """What the programs of a host have of the kernel, all their processes together."""

    processes: int
    threads: int
    descriptors: int

    def is_within(self, other: Usage, spare: int) -> bool:
        """Is nothing of it more than so many above the other's?"""
        return (
            self.processes <= other.processes + spare
            and self.threads <= other.threads + spare
            and self.descriptors <= other.descriptors + spare
        )

    def tell(self) -> Text:
        """Say it, processes only where there are several."""
        told = SEVERAL if self.processes > 1 else ONE
        return told.fill(**vars(self))


def usage(host: Host) -> Usage:
    """Count the processes, threads and open descriptors of the student's user."""
    pids = [process.pid for process in host.processes()]
    folders = [f"/proc/{pid}/{kind}" for pid in pids for kind in ("task", "fd")]
    listed = host.run("find", *folders, "-mindepth", "1", "-maxdepth", "1") if folders else None
    lines = listed.stdout.decode().splitlines() if listed else []
    return Usage(
        processes=len(pids),
        threads=sum("/task/" in line for line in lines),
        descriptors=sum("/fd/" in line for line in lines),
    )


ONE = Text(
    "threads {threads}, descriptors {descriptors}", "线程 {threads} 个，描述符 {descriptors} 个"
)
SEVERAL = Text(
    "processes {processes}, threads {threads}, descriptors {descriptors}",
    "进程 {processes} 个，线程 {threads} 个，描述符 {descriptors} 个",
)
