"""Lab 10, unix_server.py: its file, its rights, and what the kernel knows of a client."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from grader import expect
from grader.escaping import escape_bytes
from grader.language import Text, same
from lab10.programs import (
    END_TIMEOUT_S,
    PATH,
    ask,
    be_peer,
    expect_gives_up,
    expect_reply,
    serve_unix,
    start,
)

if TYPE_CHECKING:
    from grader.host import Host
    from grader.seed import Draws

KINDS = ("stream", "datagram")
TEXT_CHARACTERS = 6
GROUP_OR_OTHERS_WRITE = 0o022
SLEEPS = "S"  # proc_pid_status(5): State
WAITS_S = 1.0


@pytest.mark.points(1)
def test_stream_server_answers(server: Host, seed: Draws) -> None:
    """The stream server answers each client with its own text.
    流服务器用客户端自己的原文回复每个客户端。
    """
    program = serve_unix(server, "stream")
    for _ in range(2):
        text = seed.text(TEXT_CHARACTERS)
        answer = ask(server, "stream", text)
        reply = str(answer.get("reply", "")).encode("latin-1")
        _, mark, rest = reply.partition(b": ")
        if not mark or rest != text.encode():
            expect_reply(answer, f"process … of user …: {text}", server=program, hint=WHOLE)


@pytest.mark.points(1)
@pytest.mark.requires("stream-server-answers")
def test_stream_server_names_client(server: Host, seed: Draws) -> None:
    """The stream server answers with the client's process and user, and its text.
    流服务器的回复里有客户端的进程号、用户号和它的原文。
    """
    text = seed.text(TEXT_CHARACTERS)
    program = serve_unix(server, "stream")
    answer = ask(server, "stream", text)
    wanted = f"process {answer.get('process')} of user {answer.get('user')}: {text}"
    if "error" in answer:
        expect_reply(answer, wanted, server=program, hint=WHOLE)
    reply = answer["reply"].encode("latin-1")
    expect.that(
        reply == wanted.encode(),
        saw=same('"{reply}"').fill(reply=escape_bytes(reply)),
        wanted=same('"{reply}"').fill(reply=wanted),
        hint=Text(
            "getsockopt(SOL_SOCKET, SO_PEERCRED, 12) of the socket that accept() returns gives"
            " three int: process, user and group of the client (unix(7))",
            "对 accept() 返回的套接字调用 getsockopt(SOL_SOCKET, SO_PEERCRED, 12)，得到三个 int："
            "客户端的进程号、用户号、组号（unix(7)）",
        ),
    )


@pytest.mark.points(1)
@pytest.mark.requires("stream-server-answers")
def test_unix_server_keeps_others_out(server: Host) -> None:
    """Whatever the umask, only the server's own user can connect to its file.
    无论 umask 是多少，只有服务器自己的用户能连接它的文件。
    """
    serve_unix(server, "stream", before="umask 0")
    mode = server.run("stat", "-c", "%a", PATH, user="observer", cwd="/").stdout.decode().strip()
    answer = ask(server, "stream", "hello", user="observer")
    expect.that(
        answer.get("error") == "EACCES" and not int(mode, 8) & GROUP_OR_OTHERS_WRITE,
        saw=Text(
            "the file has mode {mode}; another user of the group: {got}",
            "文件的权限是 {mode}；同组的其他用户：{got}",
        ).fill(
            mode=mode,
            got=Text("denied", "被拒绝")
            if answer.get("error") == "EACCES"
            else Text("got in", "连上了"),
        ),
        wanted=Text("mode 600: the owner alone", "权限 600：只有属主可以"),
        hint=Text(
            "connect() needs the right to write to the file; what bind() makes has all rights but"
            " those in the umask: os.umask(0o177) before it",
            "connect() 需要对这个文件的写权限；bind() 建的文件拥有 umask 之外的全部权限："
            "先 os.umask(0o177) 再 bind()",
        ),
        look=Text("type ls -l {path} on server", "在 server 上运行 ls -l {path}").fill(path=PATH),
    )


@pytest.mark.points(1)
@pytest.mark.requires("stream-server-answers")
def test_unix_server_replaces_stale_file(server: Host) -> None:
    """A server that was killed leaves its file; the next one takes its place.
    被强行终止的服务器会留下文件；下一个服务器能接替它。
    """
    for kind in KINDS:
        killed = serve_unix(server, kind)
        killed.signal(signal.SIGKILL)
        killed.wait(END_TIMEOUT_S)
        program = serve_unix(
            server,
            kind,
            hint=Text(
                "the file is there, but no program has the socket: connect() to it is refused."
                " Then unlink() it before bind()",
                "文件还在，但已经没有程序持有这个套接字：connect() 会被拒绝。"
                "这时先 unlink() 它，再 bind()",
            ),
        )
        program.signal(signal.SIGKILL)
        program.wait(END_TIMEOUT_S)
        server.run("rm", "-f", PATH, cwd="/")


@pytest.mark.points(1)
@pytest.mark.requires("stream-server-answers")
def test_unix_server_spares_others_files(server: Host) -> None:
    """A server that is alive keeps its file, and a file that is no socket stays as it is.
    别的服务器还活着，它的文件就不动；不是套接字的文件也不动。
    """
    for kind in KINDS:
        first = serve_unix(server, kind)
        inode = server.run("stat", "-c", "%i", PATH, user="observer", cwd="/").stdout
        second = start(server, "unix_server.py", kind, PATH)
        expect_gives_up(second, PATH, hint=SPARE, runs=TAKES)
        expect.running(first)
        expect.that(
            server.run("stat", "-c", "%i", PATH, user="observer", cwd="/").stdout == inode
            and "reply" in ask(server, kind, "hello"),
            saw=Text(
                "after the second server's start the first is not reached at {path} any more",
                "第二个服务器启动之后，{path} 已经连不到第一个了",
            ).fill(path=PATH),
            wanted=Text("the first goes on serving", "第一个继续提供服务"),
            hint=SPARE,
        )
        first.signal(signal.SIGKILL)
        first.wait(END_TIMEOUT_S)
        server.run("rm", "-f", PATH, cwd="/")
    server.run("sh", "-c", f"echo kept > {PATH}", cwd="/")
    server.steps.add(
        "server", Text("has a text file at {path}", "{path} 是一个文本文件").fill(path=PATH)
    )
    third = start(server, "unix_server.py", "stream", PATH)
    expect_gives_up(third, PATH, hint=SPARE, runs=TAKES)
    left = server.run("cat", PATH, user="observer", cwd="/")
    expect.that(
        left.stdout == b"kept\n",
        saw=Text("the text file at {path} is gone", "{path} 的文本文件不见了").fill(path=PATH),
        wanted=Text("it is left as it was", "它原样不动"),
        hint=SPARE,
    )


@pytest.mark.points(1)
@pytest.mark.requires("stream-server-answers")
def test_unix_server_removes_its_file(server: Host) -> None:
    """After Ctrl-C the server's file is gone.
    按 Ctrl-C 之后，服务器的文件也没有了。
    """
    for kind in KINDS:
        program = serve_unix(server, kind)
        server.steps.deadline.wait_until(
            lambda: all(process.state == SLEEPS for process in server.processes()), WAITS_S
        )  # for clients: until then Ctrl-C may come before its try
        program.signal(signal.SIGINT)
        ended = program.wait(END_TIMEOUT_S) is not None
        left = server.run("stat", "-c", "%F", PATH, user="observer", cwd="/").exit_status == 0
        expect.that(
            ended and not left,
            saw=Text("{path} is still there", "{path} 还在").fill(path=PATH)
            if ended
            else Text("it still runs after Ctrl-C", "按 Ctrl-C 之后它还在运行"),
            wanted=Text("it ends, and its file is gone", "它结束，文件也删掉"),
            hint=Text(
                "close() leaves the file: os.unlink(PATH) in finally; Ctrl-C raises"
                " KeyboardInterrupt",
                "close() 不会删除文件：在 finally 里 os.unlink(PATH)；"
                "Ctrl-C 会抛出 KeyboardInterrupt",
            ),
        )


@pytest.mark.points(1)
def test_datagram_server_answers(server: Host, seed: Draws) -> None:
    """The datagram server answers who has an address, and outlives who has none.
    数据报服务器回复有地址的发送者；遇到没有地址的也不会崩溃。
    """
    program = serve_unix(server, "datagram")
    for is_after in (False, True):
        text = seed.text(TEXT_CHARACTERS)
        expect_reply(
            ask(server, "datagram", text),
            f"{len(text.encode())} bytes: {text}",
            server=program,
            hint=NAMELESS if is_after else LENGTH,
        )
        if not is_after:
            server.steps.add(
                "peer",
                Text("sends to {path} without an address", "不带地址向 {path} 发送").fill(
                    path=PATH
                ),
            )
            be_peer(server, "tell", "datagram", PATH, "nobody")


WHOLE = Text(
    "recv() until b'': the client has ended its text then; reply, and close() this connection; the"
    " next accept() takes the next client",
    "反复 recv()，直到 b''：这时客户端的原文结束了；回复之后 close() 这个连接，"
    "再 accept() 下一个客户端",
)
TAKES = Text(
    "unix_server.py has put its own socket in place of the file that was there",
    "unix_server.py 用自己的套接字换掉了原来的文件",
)
SPARE = Text(
    "connect() first: refused means that nobody serves there. But any file refuses: ask"
    " stat.S_ISSOCK(os.lstat(PATH).st_mode) as well. Otherwise sys.exit() with a line about PATH",
    "先 connect()：被拒绝说明没有人在那里服务。但普通文件也会拒绝："
    "还要看 stat.S_ISSOCK(os.lstat(PATH).st_mode)。其他情况用 sys.exit() 说明 PATH 的问题",
)
LENGTH = Text(
    "recvfrom() gives the datagram and its sender's path; sendto() that path: the number of bytes,"
    " ' bytes: ', the text",
    "recvfrom() 返回数据报和发送者的路径；用 sendto() 发回这个路径：字节数、' bytes: '、原文",
)
NAMELESS = Text(
    "who has not called bind() has no address: recvfrom() gives None or '', and nobody can answer;"
    " go on with the next",
    "没有 bind() 的发送者没有地址：recvfrom() 给出 None 或 ''，无法回复；继续处理下一个",
)
