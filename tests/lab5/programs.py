"""Lab 5's programs on the hosts, the files there, and the conversation as the handout has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader import expect, hints
from grader.errors import CheckFailed, GraderError
from grader.language import Text
from grader.lesson import Lesson
from grader.symptoms import gather, tell_state

if TYPE_CHECKING:
    from grader.host import Host, UserName
    from grader.peer_connection import Connection
    from grader.program import Program

FILES = "/srv/files"
END_TIMEOUT_S = 3.0
COPY_TIMEOUT_S = 6.0  # of both programs, on a busy machine


def serve(server: Host, port: int, *folder: str) -> Program:
    """Start server.py and wait until it listens."""
    program = server.start("python3", "server.py", "0.0.0.0", str(port), *folder, stdin=b"")
    expect.listening(server, port, program)
    return program


def start_client(client: Host, host: str, port: int, *names: str, folder: str = FILES) -> Program:
    """Start client.py for these files of a server at host and port."""
    return client.start("python3", "client.py", host, str(port), folder, *names, stdin=b"")


def put(host: Host, path: str, data: bytes) -> None:
    """Write a file of the student's; its folder is made where it is missing."""
    make = 'mkdir -p "$(dirname "$1")" && cat > "$1"'
    done = host.run("sh", "-c", make, "sh", path, stdin=data)
    if done.exit_status:
        raise GraderError(f"{path} on {host.name}: {done.stderr.decode(errors='replace')}")


def read(host: Host, path: str) -> bytes | None:
    """Read a file of up to 1 MiB; None: there is none."""
    return _look(host, "cat", path)


def digest(host: Host, path: str) -> str | None:
    """Hash a file with SHA-256, in hex; None: there is none."""
    done = _look(host, "sha256sum", path)
    return None if done is None else done.decode().lstrip("\\").split()[0]


def ask(connection: Connection, name: str, *, offset: int = 0) -> None:
    """Send a request, as client.py does."""
    connection.send(f"{offset} {name}\n".encode())


def expect_file(
    connection: Connection, data: bytes, *, hint: Text | None = None, offset: int = 0
) -> None:
    """Read an answer: the length of what is left of the file from the offset on, and that."""
    rest = data[offset:]
    line = connection.receive_line(hint=hint or LENGTH_FIRST)
    expect.same_bytes(line, f"{len(rest)}\n".encode(), hint=hint or LENGTH_FIRST)
    received = connection.receive(size=len(rest)).data if rest else b""
    expect.same_bytes(received, rest, hint=hint or ALL_BYTES)


def expect_refusal(connection: Connection, name: str, *, hint: Text) -> None:
    """Read an answer that says no."""
    line = connection.receive_line(hint=hint)
    expect.that(
        line.startswith(b"error"),
        saw=Text("{name} was asked for; the answer: {line}", "请求 {name}，回答是 {line}").fill(
            name=name, line=line
        ),
        wanted=Text(r"error REASON and \n", r"error 原因，以 \n 结尾"),
        hint=hint,
    )


def expect_request(connection: Connection, wanted: str, *, hint: Text | None = None) -> None:
    """Read a line of the client: a request, or ok."""
    line = connection.receive_line(hint=hint or REQUEST)
    expect.same_bytes(line, f"{wanted}\n".encode(), hint=hint or REQUEST)


def expect_stored(client: Host, path: str, wanted: bytes, *, hint: Text | None = None) -> None:
    """Compare a file on the client with what was sent."""
    stored = read(client, path)
    if stored is None:
        raise CheckFailed(
            Lesson(NO_FILE.fill(path=path), A_FILE.fill(path=path, data=wanted), hint)
        )
    expect.same_bytes(stored, wanted, hint=hint)


def expect_success(program: Program, *, hint: Text, timeout_s: float = COPY_TIMEOUT_S) -> None:
    """Wait until the client has ended with status 0."""
    if program.wait(timeout_s) != 0:
        wanted = Text("{program} ends with status 0", "{program} 以状态码 0 结束")
        raise _ended_otherwise(program, wanted, hint, timeout_s)


def expect_failure(program: Program, *, hint: Text) -> None:
    """Wait until the client has ended, with a status that tells of a failure."""
    if not program.wait(END_TIMEOUT_S):
        wanted = Text("{program} ends with a status other than 0", "{program} 以非 0 的状态码结束")
        raise _ended_otherwise(program, wanted, hint, END_TIMEOUT_S)


def _ended_otherwise(program: Program, wanted: Text, hint: Text, timeout_s: float) -> CheckFailed:
    seen = gather(program.host, program)
    saw = tell_state(seen)
    if seen.exit_status is None:
        saw = Text("{program} had not ended after {t:g} s", "{t:g} 秒后 {program} 还没有结束").fill(
            program=seen.program, t=timeout_s
        )
    # That bytes are no text is told by the check better than by the table of symptoms.
    is_told = seen.exit_status is None or (seen.raised and seen.raised.kind.startswith("Unicode"))
    return CheckFailed(
        Lesson(
            saw=saw,
            wanted=wanted.fill(program=seen.program),
            hint=hint if is_told else hints.explain(seen, otherwise=hint),
        )
    )


def rows(size: int) -> bytes:
    """Make a file of so many bytes, all ASCII, in numbered rows of 64: a lost row shows."""
    rest = "-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ--\n"
    return "".join(f"{row:07}{rest}" for row in range(size // 64 + 1))[:size].encode()


def _look(host: Host, command: str, path: str) -> bytes | None:
    """Run a command on a file; what only its owner may read, as programs' files may be, as he."""
    users: tuple[UserName, ...] = ("observer", "student")
    for user in users:
        done = host.run(command, "--", path, user=user, cwd="/", timeout_s=10.0)
        if done.exit_status == 0:
            return done.stdout
        if b"ermission" not in done.stderr:
            break
    return None


NO_FILE = Text("there is no file {path} on client", "client 上没有文件 {path}")
A_FILE = Text("{path} on client: {data}", "client 上有 {path}：{data}")
LENGTH_FIRST = Text(
    r"the request is OFFSET, a space, NAME and \n; the answer begins with the number of bytes that"
    r" follow, and \n: the client cannot know otherwise where the file ends",
    r"请求是 OFFSET、空格、NAME、\n；回答先写后面有多少字节，再写 \n："
    "否则客户端不知道文件到哪里结束",
)
ALL_BYTES = Text(
    "the file's bytes follow as they are: open() with 'rb', and sendall() or sendfile(), for"
    " send() may take only a part",
    "后面原样跟着文件的字节：用 'rb' 打开，用 sendall() 或 sendfile() 发送，因为 send()"
    " 可能只发出一部分",
)
REQUEST = Text(
    r"a request is one line: OFFSET, a space, NAME, \n; OFFSET is 0 for a file of which nothing"
    " has come yet",
    r"请求是一行：OFFSET、空格、NAME、\n；还什么都没收到的文件，OFFSET 是 0",
)
OK = Text(
    r"the client says ok\n when LENGTH bytes have come and are stored; it need not wait for the end"
    " of the stream",
    r"收满 LENGTH 个字节并保存之后，客户端发送 ok\n；不必等到流结束",
)
