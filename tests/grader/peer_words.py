"""What the peer says: its steps, and what it saw and wanted, in both languages."""

from __future__ import annotations

from grader.language import Text


def amount(size_bytes: int) -> Text:
    """Say a number of bytes."""
    return (ONE_BYTE if size_bytes == 1 else BYTES).fill(size=size_bytes)


ONE_BYTE = Text("{size} byte", "{size} 字节")
BYTES = Text("{size:,} bytes", "{size:,} 字节")
CONNECTS = Text("connects to {host} port {port}", "连接 {host} 的端口 {port}")
CONNECTS_CROWD = Text(
    "opens {count} connections to {host} port {port} at once",
    "同时向 {host} 的端口 {port} 建立 {count} 个连接",
)
LISTENS = Text("listens on port {port}", "在端口 {port} 上监听")
A_CROWD = Text(
    "{count} connections to {host} port {port} at once",
    "能同时与 {host} 的端口 {port} 建立 {count} 个连接",
)
NOT_CONNECTED = {
    "ECONNREFUSED": Text(
        "the connection to {host} port {port} was refused (ECONNREFUSED)",
        "连接 {host} 的端口 {port} 被拒绝（ECONNREFUSED）",
    ),
    "ETIMEDOUT": Text(
        "{host} port {port} did not answer within {limit:g} s",
        "{host} 的端口 {port} 在 {limit:g} 秒内没有应答",
    ),
    "other": Text(
        "no connection to {host} port {port}: {error}",
        "无法连接 {host} 的端口 {port}：{error}",
    ),
}

SENDS = Text("sends {size}", "发送 {size}")
SENDS_PIECES = Text("sends {size} in {count} pieces", "分 {count} 段发送 {size}")
RECEIVES = Text("receives {size}", "收到 {size}")
SHUTS_DOWN = Text("sends FIN, goes on reading (half-close)", "发送 FIN，仍继续接收（半关闭）")
CLOSES = Text("closes the connection", "关闭连接")
RESETS = Text("resets the connection (RST)", "复位连接（RST）")
ACCEPTS = Text("accepts a connection from {host}", "接受来自 {host} 的连接")
WAITS = Text("reads nothing while {size} wait", "先不读取，缓冲区里积压了 {size}")
ENDS = {
    "fin": Text("receives the end of the stream (FIN)", "收到流的结尾（FIN）"),
    "reset": Text("receives a reset (RST)", "收到连接复位（RST）"),
    "timeout": Text("receives nothing more within {limit:g} s", "{limit:g} 秒内没有再收到数据"),
}

BINDS = Text("has UDP port {port}", "占用 UDP 端口 {port}")
CLOSES_PORT = Text("gives UDP port {port} back", "释放 UDP 端口 {port}")
SENDS_DATAGRAM = Text("sends a datagram of {size}", "发送数据报，{size}")
SENDS_DATAGRAMS = Text("sends {count} datagrams", "发送 {count} 个数据报")
TO = Text("{what} to {host} port {port}", "向 {host} 的端口 {port} {what}")
RECEIVES_DATAGRAM = Text("receives a datagram of {size}", "收到数据报，{size}")
NO_DATAGRAM_IN_TIME = Text(
    "receives no datagram within {limit:g} s", "{limit:g} 秒内没有收到数据报"
)
A_DATAGRAM = Text("a datagram from {host}", "{host} 发来一个数据报")
SENT_NO_DATAGRAM = Text("no datagram came from {host}", "{host} 没有发来数据报")
SENT_NO_DATAGRAM_IN_TIME = Text(
    "no datagram came from {host} within {limit:g} s", "{limit:g} 秒内 {host} 没有发来数据报"
)

A_LINE = Text(r"one line from {host}, ended by \n", r"{host} 发来一行，以 \n 结尾")
THE_END = Text(
    "the end of the stream: {host} closes the connection",
    "流的结尾：{host} 关闭连接",
)
NO_END = {
    "timeout": Text(
        "close() the connection when all is sent: the other side sees the end of the stream then",
        "全部发送完后调用 close() 关闭连接，对方才会看到流的结尾",
    ),
    "reset": Text(
        "close() sends RST in place of FIN when bytes are still unread, or when SO_LINGER is set"
        " to 0 s; the other side may lose data by it",
        "还有数据没读就 close()，或者把 SO_LINGER 设为 0 秒，发出的就是 RST 而不是 FIN；"
        "对方可能因此丢失数据",
    ),
}
A_CONNECTION = Text("a connection to {host} port {port}", "能连接到 {host} 的端口 {port}")
NOBODY = Text("no connection came to {host} port {port}", "没有连接到达 {host} 的端口 {port}")
NOBODY_IN_TIME = Text(
    "no connection came to {{host}} port {{port}} within {limit:g} s",
    "{limit:g} 秒内没有连接到达 {{host}} 的端口 {{port}}",
)
SAW_NOTHING = {
    "ended": Text("{host} sent nothing", "{host} 什么都没有发"),
    "fin": Text("{host} closed the connection and sent nothing", "{host} 关闭了连接，什么都没有发"),
    "reset": Text(
        "{host} reset the connection (RST) and sent nothing",
        "{host} 复位了连接（RST），什么都没有发",
    ),
    "timeout": Text(
        "{host} sent nothing within {limit:g} s; the connection is still open",
        "{host} 在 {limit:g} 秒内什么都没有发，连接仍然开着",
    ),
}
SAW_SOME = {
    "size": Text(
        "{host} sent {size}, {data}, and does not stop", "{host} 发来 {size} {data}，还在发"
    ),
    "ended": Text("{host} sent {size}, {data}, and no more", "{host} 发来 {size} {data}，再没有了"),
    "fin": Text(
        "{host} sent {size}, {data}, then closed the connection",
        "{host} 发来 {size} {data}，然后关闭了连接",
    ),
    "reset": Text(
        "{host} sent {size}, {data}, then reset the connection (RST)",
        "{host} 发来 {size} {data}，然后复位了连接（RST）",
    ),
    "timeout": Text(
        "{host} sent {size}, {data}, then nothing more; after {limit:g} s the connection is"
        " still open",
        "{host} 发来 {size} {data}，之后没有再发；{limit:g} 秒后连接仍然开着",
    ),
}
