"""Written on Windows: lines end with CR LF, the file begins with a byte order mark."""

import socket
import sys


def 主程序():
    连接 = socket.socket()
    连接.connect((sys.argv[1], int(sys.argv[2])))
    收到 = b""
    for 行 in sys.stdin:
        连接.sendall(行.strip("\n").encode("utf-8") + b"\n")
        while b"\n" not in 收到:
            数据 = 连接.recv(1024)
            if not 数据:
                raise ConnectionError("服务器关闭了连接")
            收到 += 数据
        回复, 收到 = 收到.split(b"\n", 1)
        print("服务器回复：%s" % 回复.decode("utf-8"))
    连接.close()


if __name__ == "__main__":
    try:
        主程序()
    except Exception as 错误:
        print("出错了：", 错误, file=sys.stderr)
        sys.exit(1)
