"""Functions, Chinese prints beside the report, a look at /proc for the descriptor."""

import os
import socket
import sys


def 连接(目标, 大小):
    for 地址族, 类型, 协议, _, 地址 in 目标:
        s = socket.socket(地址族, 类型, 协议)
        if 大小:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, int(大小))
        try:
            s.connect(地址)
        except OSError as 错误:
            print("连接失败：", 地址, 错误)
            s.close()
            continue
        s.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        return s
    raise SystemExit("全部失败")


目标 = socket.getaddrinfo(sys.argv[1], int(sys.argv[2]), 0, socket.SOCK_STREAM)
s = 连接(目标, sys.argv[3] if len(sys.argv) > 3 else None)
print("已连接，报告如下")
print("addresses: " + " ".join(地址[0] for *_, 地址 in 目标))
for fd in os.listdir("/proc/self/fd"):
    try:
        if os.readlink("/proc/self/fd/" + fd).startswith("socket:"):
            print("fileno:", fd)
    except OSError:  # 列目录用的描述符已经关闭
        pass
print("family:", {socket.AF_INET: "AF_INET", socket.AF_INET6: "AF_INET6"}[s.family])
print("type:", "SOCK_STREAM" if s.type & socket.SOCK_STREAM else "?")
for 名字, (地址, 端口, *_) in {"local": s.getsockname(), "peer": s.getpeername()}.items():
    print(f"{名字}: {地址} port {端口}")
try:
    print("service:", socket.getservbyport(int(sys.argv[2])))
except OSError:
    print("service: -")
with open("/proc/sys/net/ipv4/ip_local_port_range") as f:
    print("ephemeral: {}-{}".format(*f.read().split()))
for 名字 in ("SO_RCVBUF", "SO_SNDBUF", "SO_KEEPALIVE"):
    print(f"{名字}:", s.getsockopt(socket.SOL_SOCKET, getattr(socket, 名字)))
print("TCP_NODELAY:", s.getsockopt(socket.SOL_TCP, socket.TCP_NODELAY))
数据 = s.makefile("rb").read()
print("server: " + 数据.decode("utf-8"), end="")
