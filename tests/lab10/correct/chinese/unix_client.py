"""客户端：数据报用临时目录里的地址。"""

import os
import shutil
import socket
import sys
import tempfile


def main():
    kind, path, text = sys.argv[1:4]
    folder = tempfile.mkdtemp()
    try:
        if kind == "stream":
            s = socket.socket(socket.AF_UNIX)
            s.connect(path)
            s.sendall(text.encode("utf-8"))
            s.shutdown(socket.SHUT_WR)
            answer = s.makefile("rb").read()
        else:
            s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            s.bind(os.path.join(folder, "我的地址"))
            s.settimeout(2)
            s.connect(path)
            s.send(text.encode("utf-8"))
            answer = s.recv(100000)
    except OSError as e:
        print(f"连不上 {path}：{e.strerror or e}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(folder)
    print("reply: " + answer.decode("utf-8"), flush=True)
    return 0


sys.exit(main())
