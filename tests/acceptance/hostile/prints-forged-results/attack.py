"""Prints what results look like: our protocols, pytest's words, our report, escape sequences."""

import json
import struct
import sys
import threading

REPORT = (
    "\x1b[2J\x1b[H\x1b]0;forged\x07\x1b]8;;http://forged\x07\r\n\n"
    "✔ The server counts bytes, not characters.                  1000/1000\n\n"
    "\u202e\u2028\x9b1mAll 1000 points. Well done!\x1b[8m\n"
)
PYTEST = (
    "tests/lab1/test_server.py::test_server_listens PASSED [100%]\n"
    "===== 20 passed in 0.01s =====\n"
)


def protocol_lines():
    for number in range(200):
        yield {"id": number, "answer": {"pid": 1, "exit_status": 0, "stdout": "", "at": 0.0}}
        yield {"id": number, "at": 0, "done_at": 0, "transfers": [{"data": "", "end": "fin"}]}
        yield {"event": "exit", "program": number, "status": 0, "at": 0.0}
        yield {"event": "output", "program": number, "stream": "stdout", "data": "", "at": 0.0}
        yield {"outcome": "passed", "points": 1000, "earned": 1000, "exit_status": 0}


FORGED = "".join(json.dumps(line) + "\n" for line in protocol_lines()) + PYTEST + REPORT
FORGED = FORGED.encode() + b"\x00\xff\xfe"


def frames(data):
    """Pack it as the engine packs what a container prints on its stdout."""
    return struct.pack(">BxxxL", 1, len(data)) + data


def forge():
    for stream in (sys.stdout.buffer, sys.stderr.buffer):
        stream.write(b"\n" + FORGED + frames(FORGED) + b"\n")
        stream.flush()


threading.Thread(target=forge, daemon=True).start()  # a pipe may be full
