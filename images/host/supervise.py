#!/usr/bin/python3 -I
"""Run a program of the lab for as long as its container lives: `supervise PROGRAM [ARGUMENT...]`.

When the program ends or a program in its folder is edited, say so and start it again, so that a
one-shot server, a crash and "Address already in use" are seen for what they are. While the file
/tmp/stop-server exists (commands stop-server and start-server), the port is the student's:
/tmp/server-stopped says that it is free, by the command that would run the program.
"""

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from pathlib import Path

STOP = Path("/tmp/stop-server")  # noqa: S108, a tmpfs that only this container has
STOPPED = Path("/tmp/server-stopped")  # noqa: S108
# Runs under `trace` where the lab says so (LAB_TRACE); the process is the program's own anyway.
PYTHON = "/usr/local/lib/socklab/traced/python3"
SAMPLER = "/usr/local/lib/socklab/sample-sockets"  # tells the wire of this host's sockets
POLL_S = 0.2  # edits are polled for: a bind mount from macOS or Windows delivers no inotify events
RETRY_S = (1, 2, 4, 8)  # after the first, second, ... failure in a row
SHORTEST_RUN_S = 0.3  # a program that does nothing is not started more often than this

WORDS = {
    "en": {
        "start": "running: {command}",
        "edited": "{files} edited: starting again",
        "ended": "{program} ended with status 0 (it served and is done): starting it again",
        "failed": "{program} ended with status {status}: again in {delay} s, or when it is edited",
        "signal": "{program} was ended by signal {name}: again in {delay} s, or when it is edited",
        "missing": "there is no {program} in this folder: waiting for it",
        "in use": "port {port} is already in use: {holders} (ss -tanp shows by whom)",
        "stopped": "{program} is stopped, the port is yours; start-server gives it back",
    },
    "zh": {
        "start": "运行：{command}",
        "edited": "{files} 已修改：重新启动",
        "ended": "{program} 以状态码 0 结束（服务完毕）：再次启动",
        "failed": "{program} 以状态码 {status} 结束：{delay} 秒后或文件修改后重试",
        "signal": "{program} 被信号 {name} 终止：{delay} 秒后或文件修改后重试",
        "missing": "此目录下没有 {program}：等待中",
        "in use": "端口 {port} 已被占用：{holders}（用 ss -tanp 查看占用者）",
        "stopped": "{program} 已停止，端口归你使用；start-server 交还",
    },
}


def say(key: str, **values: object) -> None:
    """Print a sentence of ours, marked so that it is not taken for the program's."""
    language = "zh" if os.environ.get("LAB_LANG", "").startswith("zh") else "en"
    print("[lab] " + WORDS[language][key].format(**values), flush=True)


def snapshot(folder: Path) -> dict[str, int]:
    """The modification time in ns of each Python file in a folder."""
    times = {}
    for path in folder.glob("*.py"):
        try:
            times[path.name] = path.stat().st_mtime_ns
        except OSError:
            continue  # an editor is replacing it
    return times


def holders(port: int) -> list[str]:
    """The states, as ss(8) spells them, of the sockets that keep a TCP port from being bound."""
    names = {"01": "ESTAB", "04": "FIN-WAIT-1", "05": "FIN-WAIT-2", "06": "TIME-WAIT"}
    names |= {"08": "CLOSE-WAIT", "09": "LAST-ACK", "0A": "LISTEN", "0B": "CLOSING"}
    found = []
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):  # proc(5)
        for line in Path(table).read_text().splitlines()[1:]:
            _, local, _, state, *_ = line.split()
            if int(local.split(":")[1], 16) == port:
                found.append(names.get(state, state))
    return found


class Supervisor:
    """One program, started again and again."""

    def __init__(self, command: list[str]) -> None:
        self.command = command
        self.program = command[0]
        self.command_line = " ".join(["python3", *command])
        self.child: subprocess.Popen[bytes] | None = None
        self.failures = 0  # in a row
        self.last_errors: deque[bytes] = deque(maxlen=20)  # the end of what it wrote to stderr

    def run_forever(self) -> None:
        """Start, watch, say what happened; ends with the container."""
        while True:
            if STOP.exists():
                self.make_room()
            elif not Path(self.program).exists():
                say("missing", program=self.program)
                while not (Path(self.program).exists() or STOP.exists()):
                    time.sleep(POLL_S)
            else:
                self.run_once()

    def make_room(self) -> None:
        """Leave the port to the student until it is given back."""
        say("stopped", program=self.program)
        STOPPED.write_text(self.command_line)
        while STOP.exists():
            time.sleep(POLL_S)
        STOPPED.unlink(missing_ok=True)

    def run_once(self) -> None:
        """Run the program until it ends, is edited, or is stopped; wait out a failure."""
        before = snapshot(Path())
        say("start", command=self.command_line)
        self.last_errors.clear()
        child = subprocess.Popen([PYTHON, *self.command], stderr=subprocess.PIPE)
        self.child = child
        started = time.monotonic()
        reader = threading.Thread(target=self.pass_on_errors, daemon=True)
        reader.start()
        while not self.has_ended(within_s=POLL_S):
            if STOP.exists() or snapshot(Path()) != before:
                self.end()
                self.say_edited(before)
                self.failures = 0
                return
        reader.join(timeout=1)  # a child of the program may hold its stderr open
        if child.returncode == 0:
            self.failures = 0
            say("ended", program=self.program)
            self.wait_for_retry(before, until=started + SHORTEST_RUN_S)
        else:
            self.failures += 1
            self.explain(child.returncode)
            self.wait_for_retry(before, until=time.monotonic() + self.delay_s)

    def has_ended(self, *, within_s: float) -> bool:
        """Whether the program ends in the given time; returns as soon as it does."""
        assert self.child is not None
        try:
            self.child.wait(timeout=within_s)
        except subprocess.TimeoutExpired:
            return False
        return True

    def explain(self, status: int) -> None:
        """Say how the program ended and, where the port was taken, by what."""
        if b"".join(self.last_errors).find(os.strerror(errno.EADDRINUSE).encode()) >= 0:
            port = int(self.command[-1])
            say("in use", port=port, holders=", ".join(holders(port)) or "-")
        if status < 0:
            name = signal.Signals(-status).name
            say("signal", program=self.program, name=name, delay=self.delay_s)
        else:
            say("failed", program=self.program, status=status, delay=self.delay_s)

    @property
    def delay_s(self) -> int:
        """How long to wait after the latest of the failures in a row."""
        return RETRY_S[min(self.failures, len(RETRY_S)) - 1]

    def wait_for_retry(self, before: dict[str, int], *, until: float) -> None:
        """Wait until a monotonic time, an edit or stop-server, whichever comes first."""
        while time.monotonic() < until and not STOP.exists():
            if snapshot(Path()) != before:
                self.say_edited(before)
                return
            time.sleep(POLL_S)

    def say_edited(self, before: dict[str, int]) -> None:
        """Name the files that changed since the program was started."""
        now = snapshot(Path())
        changed = sorted(name for name in before | now if before.get(name) != now.get(name))
        if changed:
            say("edited", files=", ".join(changed))

    def pass_on_errors(self) -> None:
        """Copy the program's stderr to our stdout, keeping its last lines.

        Not to our stderr: the engine reads the two streams of a container separately, and a
        traceback would now and then be logged after the sentence that says how the program ended.
        """
        assert self.child is not None
        assert self.child.stderr is not None
        for line in self.child.stderr:
            self.last_errors.append(line)
            sys.stdout.buffer.write(line)
            sys.stdout.buffer.flush()

    def end(self) -> None:
        """End the running program: politely, then not."""
        if self.child is None or self.child.poll() is not None:
            return
        self.child.terminate()
        if not self.has_ended(within_s=1):
            self.child.kill()
            self.child.wait()


def main() -> None:
    """Run the command of our own command line until the container is stopped."""
    subprocess.Popen([SAMPLER])
    supervisor = Supervisor(sys.argv[1:])

    def stop(*_: object) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        sys.exit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        supervisor.run_forever()
    finally:
        supervisor.end()  # not in stop(), which may have come while wait() held its lock


if __name__ == "__main__":
    main()
