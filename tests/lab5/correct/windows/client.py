"""Written on Windows: lines end with CR LF, the file begins with a byte order mark."""

import os
import socket
import sys


def 主程序():
    主机, 端口, 目录 = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    连接 = socket.socket()
    连接.connect((主机, 端口))
    流 = 连接.makefile("rb")
    失败 = 0
    for 名字 in sys.argv[4:]:
        临时目录 = os.path.join(目录, ".未完成")
        os.makedirs(临时目录, exist_ok=True)
        临时 = os.path.join(临时目录, 名字)
        已有 = os.path.getsize(临时) if os.path.exists(临时) else 0
        连接.sendall(("%d %s\n" % (已有, 名字)).encode("utf-8"))
        回答 = 流.readline().decode("utf-8")
        if 回答.startswith("error"):
            print(名字, 回答)
            失败 += 1
            continue
        剩余 = int(回答)
        try:
            with open(临时, "ab") as 文件:
                while 剩余 > 0:
                    数据 = 流.read1(min(剩余, 4096))
                    if not 数据:
                        print("连接中断，还差 %d 字节" % 剩余)
                        return 1
                    文件.write(数据)
                    剩余 -= len(数据)
        except OSError as 错误:
            print("无法保存：", 错误)
            return 1
        os.replace(临时, os.path.join(目录, 名字))
        连接.sendall(b"ok\n")
    连接.close()
    return 失败


if __name__ == "__main__":
    sys.exit(主程序())
