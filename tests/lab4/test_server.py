"""Lab 4, the server's room: the peer is each of its clients."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader import expect
from grader.language import Text
from grader.peer_connection import failure
from lab4.programs import serve
from lab4.room import Member, crowd, enter, enter_in_turn, exchange

if TYPE_CHECKING:
    from grader.host import Host
    from grader.peer import Peer
    from grader.seed import Draws

CROWD = 50
ANSWER_TIMEOUT_S = 3.0
TEXT_CHARACTERS = 12
LEAVERS = 6


@pytest.mark.points(1)
def test_server_answers(server: Host, peer: Peer, port: int) -> None:
    """The server greets with NAME joined, and sends each line as NAME: TEXT.
    服务器用 NAME joined 迎接客户端，把每一行以 NAME: TEXT 的形式发给它。
    """
    serve(server, port)
    anna = Member("anna", peer.connect("server", port))
    anna.say("anna")
    anna.hear_next("anna joined", hint=NAME_FIRST)
    for text in ("hello", "你好"):
        anna.say(text)
        anna.hear_next(f"anna: {text}", hint=BACK_TO_SENDER)


@pytest.mark.points(1)
@pytest.mark.limit(20)
@pytest.mark.requires("server-answers")
def test_server_serves_crowd(server: Host, peer: Peer, port: int) -> None:
    """The server serves 50 clients while all 50 are connected.
    50 个客户端同时连着，服务器为每一个都提供服务。
    """
    program = serve(server, port)
    members = crowd(peer, port, CROWD)
    served = enter_in_turn(peer, members, timeout_s=ANSWER_TIMEOUT_S)
    if served < CROWD:
        raise failure(
            server,
            SERVED.fill(served=served, count=CROWD, limit=ANSWER_TIMEOUT_S),
            Text("all {count} are served meanwhile", "{count} 个都得到服务").fill(count=CROWD),
            ONE_AT_A_TIME,
        )
    members[0].say("hello")  # the first is still connected, and served, when the last has entered
    members[0].hear("c00: hello", hint=ONE_AT_A_TIME)
    expect.running(program)


@pytest.mark.points(1)
@pytest.mark.requires("server-serves-crowd")
def test_server_tells_everyone(server: Host, peer: Peer, port: int, seed: Draws) -> None:
    """The server tells everyone in the room who joined, and every line.
    有人加入或说话时，服务器告诉聊天室里的每一个人。
    """
    serve(server, port)
    anna, ben = enter(peer, port, "anna", "ben")
    anna.hear_next("ben joined", hint=EVERYONE)
    (cleo,) = enter(peer, port, "cleo")
    for member in (anna, ben):
        member.hear_next("cleo joined", hint=EVERYONE)
    for sender in (ben, anna, cleo):
        text = seed.text(TEXT_CHARACTERS)
        sender.say(text)
        for member in (anna, ben, cleo):
            member.hear_next(f"{sender.name}: {text}", hint=EVERYONE)


@pytest.mark.points(1)
@pytest.mark.requires("server-tells-everyone")
def test_server_tells_who_left(server: Host, peer: Peer, port: int) -> None:
    """The server tells the others NAME left when a client ends, and closes.
    客户端结束发送后，服务器告诉其他人 NAME left，并关闭连接。
    """
    serve(server, port)
    anna, ben, cleo = enter(peer, port, "anna", "ben", "cleo")
    anna.hear("cleo joined")
    ben.hear("cleo joined")
    ben.say("bye")
    ben.connection.shutdown()
    for member in (anna, cleo):
        member.hear_next("ben: bye", "ben left", hint=LEFT)
    ben.connection.receive_until_end(
        hint=Text(
            "recv() returns b'' when the client has sent FIN; then it is the server's turn to"
            " close()",
            "recv() 返回 b'' 说明客户端已发送 FIN；接下来轮到服务器 close()",
        )
    )
    anna.say("hello")
    for member in (anna, cleo):
        member.hear_next("anna: hello", hint=LEFT)


@pytest.mark.points(1)
@pytest.mark.requires("server-tells-who-left")
def test_server_survives_resets(server: Host, peer: Peer, port: int) -> None:
    """The room goes on when clients vanish with RST; the others are told.
    有客户端突然复位连接（RST），其他人得到通知，聊天室照常运行。
    """
    program = serve(server, port)
    (anna,) = enter(peer, port, "anna")
    leavers = enter(peer, port, *(f"c{number:02}" for number in range(LEAVERS)))
    anna.hear(f"{leavers[-1].name} joined")
    for connection in (*(each.connection for each in leavers), peer.connect("server", port)):
        connection.reset()
    left = {f"{each.name} left\n".encode() for each in leavers}
    (heard,) = exchange([anna], [b""], size=sum(map(len, left)), timeout_s=ANSWER_TIMEOUT_S)
    if left - set(heard.data.splitlines(keepends=True)):  # they come in any order
        raise failure(
            server,
            Text(
                "{count} clients vanished with RST; the others were not told of all of them",
                "{count} 个客户端复位了连接，其他人没有收到全部的通知",
            ).fill(count=LEAVERS),
            Text("NAME left, for each of them", "每一个都有 NAME left"),
            RESET,
        )
    (ben,) = enter(peer, port, "ben")
    for sender in (anna, ben):
        sender.say("hello")
        for member in (anna, ben):
            member.hear(f"{sender.name}: hello", hint=RESET)
    expect.running(program)


@pytest.mark.points(1)
@pytest.mark.requires("server-tells-who-left")
def test_server_drops_half_line(server: Host, peer: Peer, port: int) -> None:
    """A line, or a name, that its client did not finish is dropped.
    客户端没发完就离开，那半行（或半个名字）被丢弃。
    """
    serve(server, port)
    anna, ben = enter(peer, port, "anna", "ben")
    anna.hear("ben joined")
    nameless = peer.connect("server", port)
    for leaver, rest in ((nameless, b"cle"), (ben.connection, b"hello wor")):
        leaver.send(rest)
        leaver.shutdown()
        leaver.receive_until_end()
    hint = Text(
        r"readline(), or a loop over the lines, gives the rest before the end of the stream, too:"
        r" a line is whole only if it ends with \n",
        r"readline()（或逐行循环）也会返回流结束之前剩下的半行：以 \n 结尾才是完整的一行",
    )
    anna.hear_next("ben left", hint=hint)
    anna.say("hello")
    anna.hear_next("anna: hello", hint=hint)


NAME_FIRST = Text(
    r"the first line a client sends is its name; the answer is the name, ' joined' and \n",
    r"客户端发来的第一行是它的名字；回答是名字加 ' joined' 和 \n",
)
BACK_TO_SENDER = Text(
    r"a line goes to everyone in the room, its sender too, as NAME: TEXT and \n",
    r"每一行都要以 NAME: TEXT 加 \n 的形式发给聊天室里的所有人，包括发送者自己",
)
SERVED = Text(
    "all {count} clients were connected, {served} of them served; the next one waited {limit:g} s",
    "{count} 个客户端都已连上，只有 {served} 个得到服务；下一个等了 {limit:g} 秒也没有回应",
)
ONE_AT_A_TIME = Text(
    "while the server waits for one client, the others wait for the server: start a thread for each"
    " client and go back to accept() at once",
    "服务器在等一个客户端时，其他客户端就得等服务器：为每个客户端启动一个线程，"
    "然后马上回到 accept()",
)
EVERYONE = Text(
    "keep the connections of all clients in one set, and send each message to all of them: the"
    " newcomer, too",
    "把所有客户端的连接放进一个集合，每条消息都发给集合里的全部连接，刚加入的也不例外",
)
LEFT = Text(
    r"at the end of a client's stream take it out of the room first, then tell the others NAME left"
    r" and \n",
    r"客户端的流结束后，先把它移出聊天室，再告诉其他人 NAME left 加 \n",
)
RESET = Text(
    "RST makes recv() and sendall() raise ConnectionResetError or BrokenPipeError: catch OSError,"
    " and see that what follows a leave is done all the same",
    "RST 会让 recv() 和 sendall() 抛出 ConnectionResetError 或 BrokenPipeError："
    "捕获 OSError，并保证离开时该做的事照样做完",
)
