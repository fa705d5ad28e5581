"""Stands for a grading process: does what the student's name says. Forked by test_process.py."""

import json
import os
import signal
import sys
import time
from multiprocessing.connection import Connection
from pathlib import Path

from grader.result_json import check_as_json
from unit.classroom.samples import OURS, PASSED


def main(connection: Connection) -> None:
    while True:
        try:
            request = json.loads(connection.recv_bytes())
        except EOFError:
            return
        archive = connection.recv_bytes().decode()

        def tell(**answer: object) -> None:
            connection.send_bytes(json.dumps(answer).encode())

        tell(plan=[check_as_json(each) for each in (PASSED, OURS)])
        if request["student"].startswith("late "):
            tell(done=check_as_json(PASSED))
        tell(check="a-check", title={})
        match request["student"].removeprefix("late "):
            case "dies":
                print("last words", file=sys.stderr, flush=True)
                os.kill(os.getpid(), signal.SIGKILL)
            case "hangs":
                time.sleep(60)
            case "fails":
                tell(failed={"en": "no engine", "zh": "没有引擎"}, log="why")
            case "hidden":
                files = {path.name: path.read_text() for path in Path(request["hidden"]).iterdir()}
                tell(report={"files": files, "folder": request["hidden"]}, log="")
            case _:
                tell(report={"archive": archive}, log="")
