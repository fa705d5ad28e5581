"""Written on Windows: lines end with CR LF, the file begins with a byte order mark."""

import socket
import sys


def 主程序():
    监听 = socket.create_server((sys.argv[1], int(sys.argv[2])), backlog=5)
    print("服务器已启动，等待连接……")
    while True:
        连接, 地址 = 监听.accept()
        print("客户端：", 地址)
        收到 = b""
        while True:
            数据 = 连接.recv(1024 * 64)
            收到 += 数据
            if not 数据 or 数据[-1] == 10:
                break
        if 收到.endswith(b"\n"):
            内容 = 收到.strip(b"\r\n")
            回复 = "%d bytes: %s\n" % (len(内容), 内容.decode("utf-8"))
            连接.sendall(回复.encode("utf-8"))
        连接.close()


if __name__ == "__main__":
    主程序()
