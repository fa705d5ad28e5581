"""Files made of sockets, in text mode."""

import socket
import sys

try:
    with socket.socket() as connection:
        connection.connect((sys.argv[1], int(sys.argv[2])))
        with connection.makefile("rw", encoding="utf-8", newline="\n") as stream:
            for line in sys.stdin:
                print(line.rstrip("\n"), file=stream, flush=True)
                answer = stream.readline()
                if not answer.endswith("\n"):
                    raise EOFError("no answer to " + line)
                print("时间与原文：", answer, end="")
except Exception as error:
    print(f"服务器已断开：{error}", file=sys.stderr)
    sys.exit(5)
