"""One process for each client; Chinese prints."""

import os
import signal
import socket
import sys

signal.signal(signal.SIGCHLD, signal.SIG_IGN)
host, port = sys.argv[1], int(sys.argv[2])
try:
    socket.inet_pton(socket.AF_INET6, host)
    s = socket.socket(socket.AF_INET6)
except OSError:
    s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try:
    s.bind((host, port))
    s.listen(5)
except OSError as 错误:
    sys.exit(f"端口被占用：{host} {port}（{错误.strerror}），用 ss -tlnp 查看是谁")
print("服务器启动")
print("listening on " + s.getsockname()[0] + " port " + str(s.getsockname()[1]))
while True:
    c, a = s.accept()
    if os.fork() == 0:
        s.close()
        b = c.getsockname()
        print("客户端", a)
        reply = "you are {0} port {1}, I am {2} port {3}\n".format(a[0], a[1], b[0], b[1])
        c.sendall(reply.replace("::ffff:", "").encode("ascii"))
        os._exit(0)
    c.close()
