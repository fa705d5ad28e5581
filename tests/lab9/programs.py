"""Lab 9's programs on the hosts, and their packets as the handout has them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from grader import expect, hints
from grader.errors import CheckFailed, GraderError
from grader.language import Text
from grader.lesson import Lesson
from grader.questions import ENGINES_RESOLVER
from grader.symptoms import ANY_ADDRESS, gather, tell_state

if TYPE_CHECKING:
    from grader.host import Host
    from grader.peer_datagrams import Datagram, DatagramSocket
    from grader.program import Program

BLOCK_BYTES = 512
PACKET_TIMEOUT_S = 3.0  # a right program sends at once, or after 0.1 s
END_TIMEOUT_S = 5.0
START_TIMEOUT_S = 8.0  # Python takes 0.05 s to start, on a machine that grades a class some seconds
SENT, RECEIVED = "/tmp/file.bin", "/tmp/received.bin"  # noqa: S108 - on hosts of their own
MANY = 50


def serve(server: Host, port: int) -> Program:
    """Start server.py and wait until it has the UDP port."""
    program = server.start("python3", "server.py", "0.0.0.0", str(port), stdin=b"")
    expect_bound(server, port, program)
    return program


def start_client(client: Host, host: str, port: int, *texts: str) -> Program:
    """Start udp_client.py for a server at host and port."""
    return client.start("python3", "udp_client.py", host, str(port), *texts, stdin=b"")


def start_receiver(server: Host, port: int) -> Program:
    """Start receive_file.py on the server and wait until it has its UDP port."""
    program = server.start("python3", "receive_file.py", "0.0.0.0", str(port), RECEIVED, stdin=b"")
    expect_bound(server, port, program)
    return program


def start_sender(client: Host, host: str, port: int, data: bytes) -> Program:
    """Put a file on the client and start send_file.py with it."""
    done = client.run("sh", "-c", 'cat > "$1"', "sh", SENT, stdin=data)
    if done.exit_status:
        raise GraderError(f"{SENT} on client: {done.stderr.decode(errors='replace')}")
    return client.start("python3", "send_file.py", host, str(port), SENT, stdin=b"")


def block(number: int, data: bytes) -> bytes:
    """Make a DATA packet."""
    return b"D" + number.to_bytes(4) + data


def ack(number: int) -> bytes:
    """Make an ACK packet."""
    return b"A" + number.to_bytes(4)


def blocks(data: bytes) -> list[bytes]:
    """Make all DATA packets of a file; the last is shorter than the others, and may be empty."""
    return [
        block(1 + start // BLOCK_BYTES, data[start : start + BLOCK_BYTES])
        for start in range(0, len(data) + 1, BLOCK_BYTES)
    ]


def rows(size: int) -> bytes:
    """Make a file of so many bytes, all ASCII, in numbered rows of 64: a lost row shows."""
    rest = "-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ--\n"
    return "".join(f"{row:07}{rest}" for row in range(size // 64 + 1))[:size].encode()


def expect_bound(host: Host, port: int, program: Program) -> None:
    """Wait until a UDP socket of the host has this port, at all its addresses."""

    def is_bound() -> bool:
        return any(
            seen.protocol.startswith("udp")
            and seen.local[1] == port
            and seen.local[0] in ANY_ADDRESS
            for seen in host.sockets()
        )

    host.steps.deadline.wait_until(lambda: is_bound() or not program.is_running, BIND_TIMEOUT_S)
    if is_bound():
        host.steps.add(host.name, HAS_PORT.fill(port=port))
        return
    seen = gather(host, program)
    others = [
        each
        for each in seen.sockets
        if each.protocol.startswith("udp") and each.local[0] != ENGINES_RESOLVER and each.local[1]
    ]
    saw = NO_PORT.fill(port=port, state=tell_state(seen))
    if others and program.is_running:
        address, other = others[0].local
        saw = OTHER_PORT.fill(program=seen.program, address=address, other=other)
    raise CheckFailed(
        Lesson(
            saw=saw,
            wanted=A_PORT.fill(port=port),
            hint=hints.explain(seen, otherwise=HOW_TO_BIND),
            look=Text("type ss -uln on {host}", "在 {host} 上运行 ss -uln").fill(host=host.name),
        )
    )


def expect_ack(socket: DatagramSocket, number: int, *, hint: Text) -> None:
    """Take the next packet of the receiver: the ACK of this block."""
    answer = socket.receive(timeout_s=PACKET_TIMEOUT_S, hint=hint)
    expect.same_bytes(answer.data, ack(number), hint=hint)


def expect_block(
    socket: DatagramSocket, wanted: bytes, *, hint: Text, after: bytes | None = None
) -> Datagram:
    """Take the next packet of the sender; the one before may come again, while its ACK travels."""
    timeout_s = PACKET_TIMEOUT_S if after else START_TIMEOUT_S
    for _ in range(MANY):
        datagram = socket.receive(timeout_s=timeout_s, hint=hint)
        if datagram.data != after:
            break
    expect.same_bytes(datagram.data, wanted, hint=hint)
    return datagram


def expect_report(
    program: Program, *, saying: str, hint: Text, timeout_s: float = END_TIMEOUT_S
) -> None:
    """Fail unless the program ends with a message of its own that has this word, and no traceback.

    With "" the word is up to the program.
    """
    status = program.wait(timeout_s)
    seen = gather(program.host, program)
    words = program.stderr.decode(errors="replace")
    saw = tell_state(seen)
    if status is None:
        saw = STILL_RUNS.fill(program=seen.program, limit=timeout_s)
    elif not words.strip():
        saw = SAYS_NOTHING.fill(program=seen.program, status=status)
    expect.that(
        bool(status and status > 0 and words.strip())
        and "Traceback" not in words
        and saying in words.lower(),
        saw=saw,
        wanted=(A_MESSAGE_SAYING if saying else A_MESSAGE).fill(word=saying),
        hint=hint,
    )


def expect_stored(server: Host, receiver: Program, wanted: bytes, *, hint: Text) -> None:
    """Wait until the receiver's file is what was sent, or the receiver has ended."""

    def read() -> bytes | None:
        done = server.run("cat", RECEIVED)
        return done.stdout if done.exit_status == 0 else None

    _wait_for_file(receiver, lambda: read() == wanted)
    stored = read()
    if stored is None:
        raise CheckFailed(Lesson(NO_FILE.fill(path=RECEIVED), A_FILE.fill(path=RECEIVED), hint))
    expect.same_bytes(stored, wanted, hint=hint)


def expect_transfer(server: Host, receiver: Program, sender: Program, data: bytes) -> None:
    """Wait until the sender has ended, and compare the SHA-256 of both files."""
    if sender.wait(TRANSFER_TIMEOUT_S) != 0 and receiver.exit_status:  # gave up before the sender
        expect.ended(receiver, hint=LOSES)
    expect.that(
        not sender.is_running,
        saw=STILL_RUNS.fill(program="send_file.py", limit=TRANSFER_TIMEOUT_S),
        wanted=Text("the file is sent by then", "到这时文件已经发完"),
        hint=LOSES,
    )
    expect.ended(sender, hint=LOSES)
    wanted, file = hashlib.sha256(data).hexdigest(), server.file(RECEIVED)
    _wait_for_file(receiver, lambda: file.exists and file.sha256sum == wanted)
    saw, size = (str(file.sha256sum), int(file.size)) if file.exists else ("-", 0)
    expect.that(
        saw == wanted,
        saw=Text(
            "{path} on server has {size:,} bytes and the SHA-256 {sum}",
            "server 上的 {path} 有 {size:,} 字节，SHA-256 是 {sum}",
        ).fill(path=RECEIVED, size=size, sum=saw),
        wanted=Text("{size:,} bytes, {sum}", "{size:,} 字节，{sum}").fill(
            size=len(data), sum=wanted
        ),
        hint=LOSES,
    )


def _wait_for_file(receiver: Program, is_whole: Callable[[], bool]) -> None:
    def is_decided() -> bool:
        has_ended = not receiver.is_running  # asked first: what it writes at its end counts
        return is_whole() or has_ended

    receiver.host.steps.deadline.wait_until(is_decided, END_TIMEOUT_S, poll_s=0.02)


BIND_TIMEOUT_S = 5.0
TRANSFER_TIMEOUT_S = 15.0  # it takes 2 s
LOSES = Text(
    "blocks and ACKs are lost, come twice, and overtake each other: the sender repeats a block"
    " until its own ACK has come, the receiver writes a block only if its number is the next one",
    "块和 ACK 都可能丢失、重复、乱序：发送方重发，直到这一块自己的 ACK 到达；"
    "接收方只写入编号正好是下一个的块",
)
HAS_PORT = Text("has UDP port {port}", "占用 UDP 端口 {port}")
NO_PORT = Text("no UDP socket has port {port}; {state}", "没有 UDP 套接字占用端口 {port}；{state}")
OTHER_PORT = Text(
    "{program} has a UDP socket at {address}:{other}",
    "{program} 的 UDP 套接字绑定在 {address}:{other}",
)
A_PORT = Text("a UDP socket bound to 0.0.0.0:{port}", "一个绑定在 0.0.0.0:{port} 的 UDP 套接字")
HOW_TO_BIND = Text(
    "socket(AF_INET, SOCK_DGRAM), then bind() the HOST and PORT that were given; UDP has no"
    " listen()",
    "先 socket(AF_INET, SOCK_DGRAM)，再 bind() 到命令行给的 HOST 和 PORT；UDP 没有 listen()",
)
STILL_RUNS = Text("{program} still runs after {limit:g} s", "{limit:g} 秒之后，{program} 还在运行")
SAYS_NOTHING = Text(
    "{program} ended with status {status} and wrote nothing on stderr",
    "{program} 已结束，退出状态为 {status}，但 stderr 上什么都没有",
)
A_MESSAGE = Text(
    "a message on stderr, no traceback, and a status other than 0",
    "在 stderr 上有一句说明，没有 traceback，退出状态不是 0",
)
A_MESSAGE_SAYING = Text(
    'a message on stderr with "{word}" in it, no traceback, and a status other than 0',
    "在 stderr 上有一句带 {word} 的说明，没有 traceback，退出状态不是 0",
)
NO_FILE = Text("there is no {path}", "没有 {path} 这个文件")
A_FILE = Text("the file that was sent, as {path}", "{path} 就是发来的文件")
