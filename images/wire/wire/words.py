"""Every sentence the wire prints, in English and in Simplified Chinese side by side."""

from typing import Literal, NamedTuple

Language = Literal["en", "zh"]


class Words(NamedTuple):
    """One sentence in each language, with the same placeholders for str.format."""

    en: str
    zh: str


WORDS: dict[str, Words] = {
    "title": Words(
        "{lab}: two hosts on one private network",
        "{lab}：一个私有网络上的两台主机",
    ),
    "port": Words(", port {port}", "，端口 {port}"),
    "not-found": Words("(not found yet)", "（尚未找到）"),
    "second-terminal": Words(
        "Open a second terminal, go to the client and run its program:",
        "请再打开一个终端，进入客户端主机，运行客户端程序：",
    ),
    "server-prints": Words(
        "What the server's program prints:",
        "查看服务器程序的输出：",
    ),
    "what-follows": Words(
        "Below, each line is one packet between the hosts as it passes.\n"
        "Ctrl-C stops this picture; docker compose down ends the lab.",
        "下面每一行是两台主机之间的一个报文，实时显示。\n"
        "Ctrl-C 停止显示；docker compose down 结束整个实验。",
    ),
    "not-shown": Words(
        "... above, {count} packets are missing: they came too fast for the wire",
        "……以上缺少 {count} 个报文：到达太快，来不及显示",
    ),
    "folded": Words("{count} segments, {carried}", "{count} 个报文段，{carried}"),
    "folded-datagrams": Words("{count} datagrams, {carried}", "{count} 个数据报，{carried}"),
    "cut": Words(
        "(first {shown} of {length} bytes)", "（共 {length} 字节，只显示前 {shown} 字节）"
    ),
    "midway": Words(
        "joined midway: counted from here",
        "中途开始观察：序号从这里算起",
    ),
    "handshake": Words("three-way handshake complete", "三次握手完成"),
    "refused": Words(
        "connection refused: no listener",
        "连接被拒绝：没有程序监听这个端口",
    ),
    "reset": Words("connection reset", "连接被重置"),
    "first-fin": Words("closes first, no more data", "主动关闭，不再发送数据"),
    "second-fin": Words("closes too, no more data", "被动关闭，也不再发送数据"),
    "closed": Words("connection closed", "连接已关闭"),
    "retransmission": Words("retransmission", "重传"),
    "out-of-order": Words("out of order: later bytes came first", "乱序到达：后面的数据先到了"),
    "gap": Words("bytes before these are missing", "前面的数据还没有到"),
    "duplicate-ack": Words(
        "duplicate ACK: bytes are missing",
        "重复 ACK：仍缺少前面的数据",
    ),
    "keep-alive": Words("keep-alive: still there?", "保活探测：对方还在吗？"),
    "window-probe": Words(
        "window probe: any room now?",
        "零窗口探测：对方有空间了吗？",
    ),
    "zero-window": Words("zero window: receive buffer full", "零窗口：接收缓冲区已满"),
    "window-open": Words("window open again", "窗口重新打开"),
    "call-waits": Words("waits", "等待中"),
    "call-after": Words("after {seconds} s", "用时 {seconds} 秒"),
    "call-times": Words("{count} times, {size} in all", "共 {count} 次，合计 {size}"),
    "board": Words(
        "The board is at {address}   (docker compose down ends it)",
        "请在浏览器打开 {address}   （docker compose down 结束）",
    ),
    "usage": Words(
        "wire: {name} is not set. Start the wire with its lab: docker compose up lab1",
        "wire：没有设置 {name}。请与实验一起启动：docker compose up lab1",
    ),
    "no-interface": Words(
        "wire: there is no network interface {interface} here, or it has gone ({reason}).\n"
        "Stop the lab with Ctrl-C, then start it again: docker compose up {lab}",
        "wire：没有网络接口 {interface}，或者它已经消失（{reason}）。\n"
        "请按 Ctrl-C 停止实验，再重新启动：docker compose up {lab}",
    ),
    "no-permission": Words(
        "wire: may not capture packets: the capability NET_RAW is missing ({reason}).\n"
        "It is given in compose.yaml of the lab: cap_add: [NET_RAW]",
        "wire：没有抓包权限：缺少 NET_RAW（{reason}）。\n"
        "请检查该实验的 compose.yaml：cap_add: [NET_RAW]",
    ),
}


def language_of(value: str) -> Language:
    """Return the language of a locale name such as `zh_CN.UTF-8`: zh is Chinese, else English."""
    return "zh" if value.lower().startswith("zh") else "en"


def say(key: str, language: Language, **values: object) -> str:
    """Return the sentence of that key in that language with its placeholders filled in."""
    words = WORDS[key]
    return (words.zh if language == "zh" else words.en).format(**values)
