"""The greeting of a shell in a lab's host: where you are, who the other host is, what to try."""

import os
import socket

WORDS = {
    "en": {
        "you": "You are on {name} {address}, in {lab}.",
        "other": "The other host is {other} {other_address}.",
        "absent": "not up: docker compose up {lab}",
        "try": "Try:",
        "ping": "is the other host there?",
        "client": "the lab's client program",
        "trace": "the same; its socket calls appear beside the packets",
        "traced": "the lab's client program; its socket calls appear beside the packets",
        "nc": "type a line and press Enter; Ctrl-C ends it",
        "telnet": "the same; Ctrl-] and then quit ends it",
        "listening": "who listens here?",
        "states": "the states of this host's sockets",
        "stop-server": "run server.py by hand afterwards; start-server gives it back",
    },
    "zh": {
        "you": "你在主机 {name} {address} 上，实验 {lab}。",
        "other": "另一台主机是 {other} {other_address}。",
        "absent": "尚未启动：docker compose up {lab}",
        "try": "可以试试：",
        "ping": "对方主机在吗？",
        "client": "本实验的客户端程序",
        "trace": "同上；它的套接字调用会显示在报文旁边",
        "traced": "本实验的客户端程序；它的套接字调用会显示在报文旁边",
        "nc": "输入一行，按回车；按 Ctrl-C 结束",
        "telnet": "同上；按 Ctrl-] 再输入 quit 退出",
        "listening": "本机有谁在监听？",
        "states": "本机各套接字的状态",
        "stop-server": "停下后可自己运行 server.py；start-server 交还",
    },
}


def address_of(name: str) -> str | None:
    """The IPv4 address of a host of the lab, or None while it is not up."""
    try:
        return socket.gethostbyname(name)
    except OSError:
        return None


def commands(name: str, port: str) -> list[tuple[str, str]]:
    """What to try on this host: the command to type and the key of its explanation."""
    program = os.environ.get("LAB_TRY", "")
    programs = [(program, "client"), (f"trace {program}", "trace")]
    if name in os.environ.get("LAB_TRACE", "").split():
        programs = [(program, "traced")]
    if name == "client":
        return [
            ("ping -c 1 server", "ping"),
            *programs,
            (f"nc server {port}", "nc"),
            (f"telnet server {port}", "telnet"),
            ("ss -tan", "states"),
        ]
    return [
        ("ss -tlnp", "listening"),
        ("ss -tan", "states"),
        ("ping -c 1 client", "ping"),
        ("stop-server", "stop-server"),
    ]


def main() -> None:
    """Print the greeting; the lab's compose file says which lab and port."""
    lab, port = os.environ.get("LAB", "?"), os.environ.get("LAB_PORT", "?")
    words = WORDS["zh" if os.environ.get("LAB_LANG", "").startswith("zh") else "en"]
    name = socket.gethostname()
    other = "server" if name == "client" else "client"
    absent = words["absent"].format(lab=lab)
    print()
    print(words["you"].format(name=name, address=address_of(name) or "", lab=lab))
    print(words["other"].format(other=other, other_address=address_of(other) or f"({absent})"))
    print(words["try"])
    for command, key in commands(name, port):
        print(f"  {command:<37}# {words[key]}")
    print()


main()
