"""Hints about sockets: error numbers (errno(3)), how a server ended, what listens where."""

from __future__ import annotations

import errno

from grader.language import Text
from grader.questions import (
    Hint,
    has_errno,
    is_datagram,
    listens_elsewhere,
    listens_locally,
    nothing_listens,
    port_waits,
    raised,
)

OF_ERROR_NUMBERS: tuple[Hint, ...] = (
    Hint(
        "port-in-time-wait",
        port_waits,
        Text(
            "a closed connection holds port {port} in TIME_WAIT (60 s on Linux);"
            " set SO_REUSEADDR before bind()",
            "一个已关闭的连接还在 TIME_WAIT 状态，占着端口 {port}（Linux 上 60 秒）；"
            "请在 bind() 之前设置 SO_REUSEADDR",
        ),
    ),
    Hint(
        "port-in-use",
        has_errno(errno.EADDRINUSE),
        Text(
            "another socket has this port; a port can be bound once, also by one program",
            "另一个套接字占着这个端口；同一个端口只能绑定一次，同一个程序里也一样",
        ),
    ),
    Hint(
        "not-our-address",
        has_errno(errno.EADDRNOTAVAIL),
        Text(
            "bind() takes an address of this host: use the HOST that was given, 0.0.0.0 for all",
            "bind() 只能用本机的地址：用命令行给的 HOST，0.0.0.0 表示所有地址",
        ),
    ),
    Hint(
        "needs-capability",
        has_errno(errno.EPERM),
        Text(
            "not permitted: this call needs a capability, such as CAP_NET_RAW for a raw socket,"
            " that the program does not have here",
            "不允许：这个调用需要某项能力（capability），例如打开原始套接字要有 CAP_NET_RAW，"
            "而程序在这里没有",
        ),
    ),
    Hint(
        "not-allowed",
        has_errno(errno.EACCES, errno.EPERM),
        Text(
            "not allowed: ports below 1024 need rights that a student's program does not have;"
            " use the PORT that was given",
            "没有权限：1024 以下的端口需要特权；用命令行给的 PORT",
        ),
    ),
    Hint(
        "refused",
        has_errno(errno.ECONNREFUSED),
        Text(
            "refused: the host answered that nothing listens at that port; check address and port",
            "连接被拒绝：对方主机上没有程序监听这个端口；检查地址和端口",
        ),
    ),
    Hint(
        "unreachable",
        has_errno(errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ETIMEDOUT),
        Text(
            "no host answers at that address; use the HOST that was given",
            "这个地址没有主机应答；用命令行给的 HOST",
        ),
    ),
    Hint(
        "reset",
        has_errno(errno.ECONNRESET),
        Text(
            "the other side reset the connection (RST): it ended or closed with bytes unread;"
            " a server has to outlive that",
            "对方复位了连接（RST）：它已退出，或者还有数据没读就关闭了；服务器不能因此崩溃",
        ),
    ),
    Hint(
        "broken-pipe",
        has_errno(errno.EPIPE),
        Text(
            "sent where nobody reads: the other side had closed, or this is the listening socket;"
            " a server talks over the socket that accept() returns",
            "没有接收方：对方已经关闭连接，或者这是监听套接字；"
            "服务器要用 accept() 返回的新套接字收发",
        ),
    ),
    Hint(
        "not-connected",
        has_errno(errno.ENOTCONN, errno.EDESTADDRREQ),
        Text(
            "this socket has no connection: a server talks over the socket that accept() returns",
            "这个套接字没有连接：服务器要用 accept() 返回的新套接字收发",
        ),
    ),
    Hint(
        "accept-before-listen",
        lambda seen: (
            has_errno(errno.EINVAL)(seen)
            and seen.raised is not None
            and "accept" in seen.raised.source
        ),
        Text(
            "accept() takes clients from a socket that listens: call listen() before it",
            "accept() 只能用在监听套接字上：先调用 listen()",
        ),
    ),
    Hint(
        "bad-descriptor",
        has_errno(errno.EBADF),
        Text("this socket was closed before it was used", "这个套接字已经关闭，又被使用"),
    ),
    Hint(
        "too-many-files",
        has_errno(errno.EMFILE, errno.ENFILE),
        Text(
            "too many sockets are open: close() each connection when it is done",
            "打开的套接字太多：每个连接用完都要 close()",
        ),
    ),
    Hint(
        "too-many-processes",
        lambda seen: bool(
            has_errno(errno.EAGAIN)(seen) or raised("RuntimeError", saying="start new thread")(seen)
        ),
        Text(
            "the system had no more to give (processes, threads) or the socket does not block",
            "系统资源用尽（进程、线程），或者套接字是非阻塞的",
        ),
    ),
)

OF_ENDINGS: tuple[Hint, ...] = (
    Hint(
        "no-memory",
        lambda seen: seen.exit_status in (-9, 137) or bool(raised("MemoryError")(seen)),
        Text(
            "it was killed or found no memory: it kept more than the lab's limit",
            "程序被强行结束或内存不足：占用超过了实验的上限",
        ),
    ),
    Hint(
        "raised",
        lambda seen: bool(seen.exit_status and seen.raised),
        Text(
            "no one caught this exception, so the program ended there",
            "这个异常没有被捕获，程序就在这里结束了",
        ),
        is_general=True,
    ),
    Hint(
        "served-once",
        lambda seen: seen.exit_status == 0 and seen.port is not None,
        Text(
            "the program had ended by itself; accept() takes one client, so call it for each",
            "程序自己结束了；accept() 一次只接受一个客户端，每个客户端都要再调用一次",
        ),
    ),
)

OF_STATES: tuple[Hint, ...] = (
    Hint(
        "local-address",
        listens_locally,
        Text(
            "{found} is reached only from the same host; client is another one."
            " Bind the HOST that was given",
            "{found} 只有本机才能访问，client 是另一台主机。请绑定命令行给的 HOST",
        ),
    ),
    Hint(
        "other-port",
        listens_elsewhere,
        Text(
            "it listens on port {found}; take the port from the command line: int(sys.argv[2])",
            "它监听的是端口 {found}；端口要从命令行取：int(sys.argv[2])",
        ),
    ),
    Hint(
        "datagram-socket",
        is_datagram,
        Text(
            "the port is bound by a UDP socket; TCP needs SOCK_STREAM",
            "绑定这个端口的是 UDP 套接字；TCP 要用 SOCK_STREAM",
        ),
    ),
    Hint(
        "not-listening",
        nothing_listens,
        Text(
            "bind() reserves the port, listen() opens it",
            "bind() 只是占住端口，listen() 之后才接受连接",
        ),
    ),
)
