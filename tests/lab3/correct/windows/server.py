"""Written on Windows: lines end with CR LF, the file begins with a byte order mark."""

import socket
import sys
import time


def 主程序():
    监听 = socket.create_server((sys.argv[1], int(sys.argv[2])), backlog=5)
    print("服务器已启动，等待连接……")
    while True:
        连接, 地址 = 监听.accept()
        print("客户端：", 地址)
        缓冲 = b""
        try:
            while True:
                数据 = 连接.recv(1024 * 64)
                if not 数据:
                    break
                缓冲 = 缓冲 + 数据
                while b"\n" in 缓冲:
                    位置 = 缓冲.index(b"\n")
                    内容, 缓冲 = 缓冲[:位置], 缓冲[位置 + 1 :]
                    if 内容.endswith(b"\r"):
                        内容 = 内容[:-1]
                    连接.sendall(b"[" + time.ctime().encode() + b"] " + 内容 + b"\n")
        except Exception as 错误:
            print("客户端异常：", 错误)
        finally:
            连接.close()


if __name__ == "__main__":
    主程序()
