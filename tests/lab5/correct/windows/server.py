"""Written on Windows: lines end with CR LF, the file begins with a byte order mark."""

import os
import socket
import sys
import threading

目录 = sys.argv[3] if len(sys.argv) > 3 else "/srv/files"


def 服务(连接):
    流 = 连接.makefile("rb")
    while True:
        一行 = 流.readline()
        if not 一行.endswith(b"\n"):
            break
        if 一行 == b"ok\n":
            print("客户端已收到")
            continue
        偏移, 名字 = 一行[:-1].decode("utf-8").split(" ", 1)
        路径 = os.path.join(目录, 名字)
        if 名字 != os.path.basename(名字) or not os.path.isfile(路径):
            连接.sendall("error 没有这个文件\n".encode("utf-8"))
            continue
        文件 = open(路径, "rb")
        文件.seek(int(偏移))
        内容 = 文件.read()
        文件.close()
        连接.sendall(("%d\n" % len(内容)).encode("utf-8") + 内容)
    连接.close()


监听 = socket.create_server((sys.argv[1], int(sys.argv[2])), backlog=10)
print("服务器已启动，等待连接……")
while True:
    连接, 地址 = 监听.accept()
    threading.Thread(target=服务, args=(连接,)).start()
