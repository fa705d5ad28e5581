"""A Dask scheduler and workers as a teacher starts them, each a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from distributed import Client

from acceptance.compose import ROOT
from acceptance.grading import environment
from acceptance.waiting import LIMIT_S, eventually

QUIET = ("--no-dashboard", "--host", "127.0.0.1")


class DaskCluster:
    """The scheduler's address, and the workers by the order they were started in."""

    def __init__(self, folder: Path, processes: ExitStack) -> None:
        self._folder = folder
        self._processes = processes
        self.workers: list[subprocess.Popen[bytes]] = []
        file = folder / "scheduler.json"
        self._start("scheduler", "--port", "0", "--scheduler-file", str(file))
        for attempt in eventually():
            with attempt:
                assert file.exists()
                assert file.read_text().endswith("}")
        self.address: str = json.loads(file.read_text())["address"]

    def add_worker(self, **variables: str) -> None:
        """Start a worker; with DOCKER_HOST it sits beside another engine."""
        name = f"worker-{len(self.workers)}"
        process = self._start(
            *("worker", self.address, "--nworkers", "1", "--nthreads", "1", "--name", name),
            *("--memory-limit", "0", "--local-directory", str(self._folder / name)),
            **variables,
        )
        self.workers.append(process)

    def wait_for_workers(self, count: int) -> None:
        """Wait until so many have reported to the scheduler."""
        with Client(self.address) as client:
            client.wait_for_workers(count, timeout=LIMIT_S)

    def kill_worker(self, number: int) -> None:
        """Kill a worker with all that belongs to it, but what it has started for gradings."""
        os.killpg(self.workers[number].pid, signal.SIGKILL)

    def _start(self, *words: str, **variables: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [ROOT / ".venv" / "bin" / "dask", *words, *QUIET],
            cwd=self._folder,
            env=environment(self._folder) | variables,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._processes.callback(_end, process)
        return process


@contextmanager
def dask_cluster(folder: Path) -> Iterator[DaskCluster]:
    """Start a scheduler without workers; all of it is ended at the end."""
    with ExitStack() as processes:
        yield DaskCluster(folder, processes)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
