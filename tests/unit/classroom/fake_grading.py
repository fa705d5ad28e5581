"""Stands for a grading process: does what the student's name says. Run by test_process.py."""

import json
import os
import signal
import sys
import time
from multiprocessing.connection import Connection


def main() -> None:
    connection = Connection(int(sys.argv[1]))
    while True:
        try:
            request = json.loads(connection.recv_bytes())
        except EOFError:
            return
        archive = connection.recv_bytes().decode()
        connection.send_bytes(json.dumps({"check": "a-check", "title": {}}).encode())
        match request["student"]:
            case "dies":
                print("last words", file=sys.stderr, flush=True)
                os.kill(os.getpid(), signal.SIGKILL)
            case "hangs":
                time.sleep(60)
            case "fails":
                answer = {"failed": {"en": "no engine", "zh": "没有引擎"}, "log": "why"}
            case _:
                answer = {"report": {"archive": archive}, "log": ""}
        connection.send_bytes(json.dumps(answer).encode())


if __name__ == "__main__":
    main()
