"""Written on Windows: lines end with CR LF, the file begins with a byte order mark."""

import socket
import sys


def 主程序():
    主机, 端口 = sys.argv[1], int(sys.argv[2])
    内容 = sys.argv[3] if len(sys.argv) > 3 else "hello"
    连接 = socket.socket()
    连接.connect((主机, 端口))
    连接.sendall(内容.encode("utf-8") + b"\n")
    收到 = []
    while True:
        数据 = 连接.recv(1024)
        if not 数据:
            break
        收到.append(数据)
    print("服务器回复：%s" % b"".join(收到).decode("utf-8"))
    连接.close()


if __name__ == "__main__":
    主程序()
