"""Which calls of a traced program are shown, and how they read."""

from unit.traced import CHILDREN, CLIENT, SERVER
from wire.call_line import draw_call
from wire.calls import Call, Trace
from wire.packet import Endpoint
from wire.place import Place

NAMES = {"10.207.1.4": "server", "10.207.1.5": "client"}


def read(recorded: str, *, host: str = "server") -> list[Call]:
    trace = Trace(host)
    return [call for line in recorded.splitlines() for call in trace.read(line)]


def lines(calls: list[Call]) -> list[str]:
    place = Place(None, 0.0)
    drawn = [draw_call(call, place, names=NAMES, language="en") for call in calls]
    return [line for each in drawn for line in each]


def texts(calls: list[Call]) -> list[str]:
    return [line[32:].strip() for line in lines(calls)]


def test_a_server_as_it_was_recorded() -> None:
    assert texts(read(SERVER)) == [
        "socket(AF_INET, SOCK_STREAM) = 3",
        "setsockopt(3, SO_REUSEADDR, 1) = 0",
        "bind(3, 0.0.0.0:8080) = 0",
        "listen(3, 128) = 0",
        "accept(3) = 4 client:47234  after 0.66 s",
        'recv(4, 1024) = 6 "hello\\n"',
        'send(4, "5 bytes: 你好\\n") = 16',
        "shutdown(4, SHUT_WR) = 0",
        "close(4) = 0",
        "close(3) = 0",
    ]


def test_looking_up_a_name_and_other_families_are_not_shown() -> None:
    assert texts(read(CLIENT, host="client")) == [
        "socket(AF_INET, SOCK_STREAM) = 3",
        "connect(3, server:9) = -1 EINPROGRESS",
        "getsockopt(3, SO_ERROR) = ECONNREFUSED",
        "close(3) = 0",
        "socket(AF_INET6, SOCK_STREAM) = 3",
        "connect(3, [::1]:9) = -1 EADDRNOTAVAIL  after 0.13 s",
        "close(3) = 0",
    ]


def test_hosts_stand_on_their_side() -> None:
    (call, *_) = read(SERVER)
    assert lines([call]) == ["   0.000               ● server  socket(AF_INET, SOCK_STREAM) = 3"]
    (call, *_) = read(CLIENT, host="client")
    assert lines([call]) == ["   0.000      client ●           socket(AF_INET, SOCK_STREAM) = 3"]


def test_a_call_knows_the_connection_it_belongs_to() -> None:
    calls = {(call.name, call.descriptor): call for call in read(SERVER)}
    ends = (Endpoint("10.207.1.4", 8080), Endpoint("10.207.1.5", 47234))
    assert calls["accept", 3].ends == ends
    assert calls["send", 4].ends == ends
    assert calls["close", 4].ends == ends


def test_a_socket_that_is_closed_already_keeps_its_ends() -> None:
    trace = Trace("client")
    for line in (
        "1 1.0 socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3<TCP:[9]> <0.1>",
        '1 2.0 sendto(3<TCP:[10.0.0.5:7->10.0.0.4:8]>, "x", 1, 0, NULL, 0) = 1 <0.1>',
    ):
        trace.read(line)
    (call,) = trace.read("1 3.0 close(3<TCP:[9]>) = 0 <0.1>")
    assert call.ends == (Endpoint("10.0.0.5", 7), Endpoint("10.0.0.4", 8))


def test_a_call_that_waits_stands_where_it_returns() -> None:
    calls = {call.name: call for call in read(SERVER)}
    assert calls["accept"].moment_s == calls["accept"].time_s + 0.664584
    assert calls["send"].moment_s == calls["send"].time_s


def test_children_are_told_apart() -> None:
    send, accept = read(CHILDREN)
    assert (send.name, send.process, accept.name, accept.process) == ("send", 31, "accept", 30)
    assert texts([accept]) == ["accept(3) = 6 client:47300  after 0.20 s"]


def test_a_call_that_has_not_returned_is_told() -> None:
    trace = Trace("server")
    for line in SERVER.splitlines()[:4]:
        trace.read(line)
    waiting = trace.waiting("14    1795863381.378459 accept4(3<TCP:[0.0.0.0:8080]>, ")
    assert texts(waiting) == ["accept(3) … waits"]


def test_datagrams_show_where_they_go_and_come_from() -> None:
    address = '{sa_family=AF_INET, sin_port=htons(9000), sin_addr=inet_addr("10.207.1.4")}'
    recorded = f"""\
1 1.0 socket(AF_INET, SOCK_DGRAM|SOCK_CLOEXEC, IPPROTO_IP) = 3<UDP:[9]> <0.1>
1 2.0 sendto(3<UDP:[9]>, "hi", 2, 0, {address}, 16) = 2 <0.001>
1 3.0 recvfrom(3<UDP:[0.0.0.0:41000]>, "ho", 2048, 0, {address}, [28 => 16]) = 2 <0.001>
1 4.0 close(3<UDP:[0.0.0.0:41000]>) = 0 <0.001>
"""
    assert texts(read(recorded, host="client")) == [
        "socket(AF_INET, SOCK_DGRAM) = 3  after 0.10 s",
        'sendto(3, "hi", server:9000) = 2',
        'recvfrom(3, 2048) = 2 "ho" server:9000',
        "close(3) = 0",
    ]


def test_other_languages_read_and_write() -> None:
    name = "3<TCP:[10.207.1.5:7->10.207.1.4:8080]>"
    recorded = f"""\
1 1.0 write({name}, "hello"..., 8000) = 4096 <0.001>
1 2.0 read({name}, "", 4096) = 0 <0.001>
1 3.0 writev({name}, [{{iov_base="ab", iov_len=2}}, {{iov_base="c", iov_len=1}}], 2) = 3 <0.001>
1 4.0 sendfile({name}, 5</lab/a>, NULL, 65536) = 65536 <0.001>
1 5.0 read(4, "not a socket", 100) = 12 <0.001>
"""
    assert texts(read(recorded, host="client")) == [
        'write(3, "hello"…, 8000) = 4096',
        "read(3, 4096) = 0",
        'writev(3, "ab") = 3',
        "sendfile(3, 65536) = 65536",
    ]


def test_a_call_broken_off_by_ctrl_c_says_so() -> None:
    line = "1 1.0 recvfrom(3<TCP:[1]>, 0x7f, 9, 0, NULL, NULL) = ? ERESTARTSYS (To be) <0.001>"
    assert texts(read(line)) == ["recv(3, 9) = -1 EINTR"]


def test_nothing_in_a_line_can_control_the_terminal() -> None:
    line = "1 1.0 listen(3<TCP:[1]>, \x1b[2J\x9b) = \x1b[2J <0.001>"
    assert texts(read(line)) == ["listen(3, ?[2J?) = ?[2J"]
