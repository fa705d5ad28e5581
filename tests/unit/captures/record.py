"""Make the recordings in this folder again, all or those named.

    PYTHONPATH=tests .venv/bin/python tests/unit/captures/record.py [NAME...]

Each case runs between lab 1's hosts, is recorded there by tcpdump, and read by tshark from Debian,
in a container of its own. NAME.pcap is the recording; NAME.tshark has a line for each of its frames
with what tshark says about it. Numbers differ from one recording to the next.
"""

import base64
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from acceptance.compose import Project, project_copy

HERE = Path(__file__).parent
PORT = 9200
TSHARK = "socklab/tshark"
DOCKERFILE = """
ARG BASE=debian:trixie-slim
FROM ${BASE}
RUN apt-get update && apt-get install -y --no-install-recommends tshark
"""
SNAP_BYTES = 110  # headers, and a little payload
QUIET_S = 0.7

HEAD = f"""
import socket, struct, time
def listen():
    listener = socket.create_server(("0.0.0.0", {PORT}))
    return listener
def connect():
    for _ in range(200):
        try:
            return socket.create_connection(("server", {PORT}))
        except ConnectionRefusedError:
            time.sleep(0.02)
def read(connection):
    while connection.recv(65536):
        pass
"""
SERVE = "connection, _ = listen().accept()\n"


@dataclass(frozen=True)
class Case:
    """What the hosts do, what `impair` does meanwhile, and which of them records."""

    server: str
    client: str
    impair: str = ""
    recorded_by: str = "client"


CASES = {
    "hello": Case(
        SERVE + "connection.sendall(connection.recv(100)); connection.close()",
        "c = connect(); c.sendall(b'hello\\n'); read(c); c.close()",
    ),
    "refused": Case(
        "",
        f"try: socket.create_connection(('server', {PORT + 1}))\nexcept OSError: pass",
    ),
    "reset": Case(
        SERVE + "connection.recv(100)\n"
        "connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))\n"
        "connection.close()",
        "c = connect(); c.sendall(b'hello\\n')\ntry: read(c)\nexcept OSError: pass",
    ),
    "half-close": Case(
        SERVE + "read(connection); connection.sendall(b'all of it\\n'); connection.close()",
        "c = connect(); c.sendall(b'hello\\n'); c.shutdown(socket.SHUT_WR); read(c); c.close()",
    ),
    "fins-cross": Case(
        SERVE + "time.sleep(0.5); connection.close()",
        "c = connect(); time.sleep(0.5); c.close()",
        impair="delay 150ms",
    ),
    "lost-from-client": Case(
        SERVE + "read(connection); connection.close()",
        "c = connect(); c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)\n"
        "for _ in range(25): c.sendall(b'x' * 100); time.sleep(0.03)\n"
        "c.shutdown(socket.SHUT_WR); read(c)",
        impair="loss 20% from client --seed 2",
    ),
    "lost-from-server": Case(
        SERVE + "connection.sendall(bytes(80_000)); connection.close()",
        "c = connect(); read(c); c.close()",
        impair="loss 12% from server --seed 4",
    ),
    "overtaken": Case(
        SERVE + "connection.sendall(bytes(80_000)); connection.close()",
        "c = connect(); read(c); c.close()",
        impair="reorder 20% from server --seed 3",
    ),
    "twice": Case(
        SERVE + "connection.sendall(bytes(40_000)); connection.close()",
        "c = connect(); read(c); c.close()",
        impair="duplicate 20% from server --seed 3",
    ),
    "window-full": Case(
        "listener = listen()\n"
        "listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)\n"
        "connection, _ = listener.accept()\ntime.sleep(1.5); read(connection)\n"
        "connection.close()",
        "c = connect(); c.sendall(bytes(20_000)); c.shutdown(socket.SHUT_WR); read(c)",
        recorded_by="server",
    ),
    "keep-alive": Case(
        SERVE + "read(connection); connection.close()",
        "c = connect(); c.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)\n"
        "c.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)\n"
        "c.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)\n"
        "c.sendall(b'hello\\n'); time.sleep(2.6); c.close()",
    ),
}


def main(names: list[str]) -> None:
    """Record the cases of these names, or all."""
    build_tshark()
    with tempfile.TemporaryDirectory() as folder, project_copy(Path(folder) / "copy") as project:
        project.compose("up", "--detach", "lab1")
        for name in names or CASES:
            recording = record(project, CASES[name])
            (HERE / f"{name}.pcap").write_bytes(recording)
            (HERE / f"{name}.tshark").write_text(read_by_tshark(recording))
            print(name, len(recording), "bytes")


def record(project: Project, case: Case) -> bytes:
    """Let a case happen; return what was recorded of it, as a pcap file."""
    if case.impair:
        project.exec("lab1", "impair", *case.impair.split())
    host = f"lab1-{case.recorded_by}"
    record = (
        f"tcpdump -i eth0 -s {SNAP_BYTES} -U -w /tmp/case.pcap 'tcp portrange {PORT}-{PORT + 9}'"
    )
    project.exec(host, "sh", "-c", f"rm -f /tmp/case.pcap; {record} 2>/tmp/case.err &")
    wait = "until grep -q listening /tmp/case.err; do sleep 0.05; done"
    project.exec(host, "sh", "-c", wait)
    start(project, "server", case.server)
    project.exec("lab1-client", "python3", "-c", HEAD + case.client)
    time.sleep(QUIET_S)  # late ACKs and FINs
    project.exec(host, "pkill", "-INT", "tcpdump")
    packed = project.exec(host, "base64", "/tmp/case.pcap").stdout  # noqa: S108
    project.exec("lab1", "impair", "clear")
    return base64.b64decode(packed)


def start(project: Project, host: str, program: str) -> None:
    """Start a program on a host; it ends by itself."""
    project.exec(f"lab1-{host}", "sh", "-c", 'python3 -c "$0" >/tmp/out 2>&1 &', HEAD + program)


def has_image(name: str) -> bool:
    """Whether the engine has an image."""
    command = ["docker", "image", "inspect", name]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def build_tshark() -> None:
    """Build the image with tshark if need be, on the base that the labs' images have."""
    if has_image(TSHARK):
        return
    base = "socklab/base:trixie"
    arguments = ["--build-arg", f"BASE={base}"] if has_image(base) else []
    subprocess.run(
        ["docker", "build", "-q", "-t", TSHARK, "--label", "socklab=image", *arguments, "-"],
        input=DOCKERFILE.encode(),
        check=True,
    )


FIELDS = [
    "tcp.analysis." + name
    for name in (
        "retransmission",
        "fast_retransmission",
        "spurious_retransmission",
        "out_of_order",
        "lost_segment",
        "duplicate_ack",
        "zero_window",
        "window_update",
        "window_full",
        "keep_alive",
        "keep_alive_ack",
        "zero_window_probe",
        "zero_window_probe_ack",
    )
]


def read_by_tshark(recording: bytes) -> str:
    """Return a line for each frame: its number, and the names of what tshark sees in it."""
    command = [
        "tshark",
        "-r",
        "-",
        "-T",
        "fields",
        "-E",
        "separator=,",
        "-E",
        "occurrence=f",
        "-e",
        "frame.number",
    ]
    for name in FIELDS:
        command += ["-e", name]
    done = subprocess.run(
        ["docker", "run", "--rm", "-i", "--network", "none", TSHARK, *command],
        input=recording,
        capture_output=True,
        check=True,
    )
    lines = []
    for row in done.stdout.decode().splitlines():
        number, *values = row.split(",")
        seen = [name.rsplit(".", 1)[1] for name, value in zip(FIELDS, values, strict=True) if value]
        lines.append(" ".join([number, *seen]) + "\n")
    return "".join(lines)


if __name__ == "__main__":
    main(sys.argv[1:])
