import socket
import sys

主机, 端口, 方式 = sys.argv[1], int(sys.argv[2]), sys.argv[3]
连接 = socket.create_connection((主机, 端口))
print("已连接：", 连接.getpeername())
连接.sendall(方式.encode() + b"\n")
if 方式 == "half-close":
    while 一块 := sys.stdin.buffer.read(1000):
        连接.sendall(一块)
    连接.shutdown(socket.SHUT_WR)
收到 = bytearray()
while True:
    一块 = 连接.recv(1)
    if not 一块:
        break
    收到 += 一块
    if 一块 == b"\n" and 方式 in {"client-first", "reset"}:
        break
print("收到：")
print(收到.decode())
if 方式 == "reset":
    连接.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
连接.close()
print("完成")
