"""The Dask cluster that a class is graded on: this process's own, or one that runs already."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dask
from distributed import Client, Future, KilledWorker, LocalCluster, Scheduler, as_completed

from grader.classroom.work import Graded, NotGraded, Work
from grader.classroom.workers import Graders, grade_on_worker
from grader.errors import GraderError
from grader.language import Text
from grader.sandbox import new_run_id

TRIES = 2  # a submission that kills what grades it twice is set aside
AHEAD = 2  # submissions that wait at the workers, so that none of these waits for us
MEMORY_PER_JOB_BYTES = 300 << 20  # what grades, five hosts that do little, and two fresh ones
PER_CORE, MOST_JOBS = 3, 32  # a program waits, for a time of its own or for its hosts
CONNECT_S = 10

# Nothing of Dask's listens for anyone else, profiles, or watches memory that is not its own.
_SETTINGS = {
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.worker.profile.enabled": False,
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": False,
    # How it does itself is asked fifty times a second by default, while it waits for us.
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "10s",
    "distributed.admin.low-level-log-length": 100,  # of every step of every task, kept in memory
    "distributed.comm.timeouts.connect": f"{CONNECT_S}s",
}

OnCheck = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Outcome:
    """What came of one submission: a result, or why there is none after all tries."""

    work: Work
    graded: Graded | None = None
    problem: Text | None = None
    log: str = ""
    partial: bytes = b""  # the report as JSON, as far as it came in the last try


def default_jobs() -> int:
    """Say how many sandboxes to have at once: a grading waits for its hosts half of the time."""
    # Not all systems tell which cores a process may use.
    cores = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    with suppress(OSError, ValueError, IndexError), Path("/proc/meminfo").open() as file:
        free_kib = next(int(line.split()[1]) for line in file if line.startswith("MemAvailable"))
        wanted = min(PER_CORE * cores, MOST_JOBS)
        return max(1, min(wanted, (free_kib << 10) // MEMORY_PER_JOB_BYTES))
    return min(PER_CORE * cores, MOST_JOBS)


@contextmanager
def open_cluster(*, jobs: int, scratch: Path, scheduler: str = "") -> Iterator[Cluster]:
    """Open a cluster of threads in this process, or connect to the scheduler of a running one.

    `scratch` is a folder for what Dask writes of its own. Raises GraderError where no scheduler
    answers, or it has no workers. At the end no sandbox is left.
    """
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    with ExitStack() as stack:
        settings = {**_SETTINGS, "temporary-directory": str(scratch)}
        stack.enter_context(dask.config.set(settings))
        if scheduler:
            try:
                client = stack.enter_context(Client(scheduler, timeout=CONNECT_S))
            except (OSError, ValueError) as problem:
                raise GraderError(
                    NO_SCHEDULER.fill(address=scheduler, problem=str(problem))
                ) from None
            if not client.nthreads():
                raise GraderError(NO_WORKERS.fill(address=scheduler))
            client.run_on_scheduler(_set_aside_early)
        else:
            local = LocalCluster(
                n_workers=1,
                threads_per_worker=jobs,
                processes=False,  # inproc: no port that others of this machine could use
                dashboard_address=None,
                worker_dashboard_address="127.0.0.1:0",
                scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
                memory_limit=0,
                local_directory=str(scratch),
            )
            client = stack.enter_context(Client(stack.enter_context(local)))
        run = f"socklab-{new_run_id()}"
        client.register_plugin(Graders(run))
        stack.callback(client.unregister_worker_plugin, run)
        yield Cluster(client, run)


def _set_aside_early(dask_scheduler: Scheduler) -> None:
    """Have a scheduler give a task up when the TRIES-th worker has died with it; by default 4.

    Dask knows no such limit for one task. The scheduler keeps it: another run has the same wish.
    """
    dask_scheduler.allowed_failures = TRIES - 1


class Cluster:
    """Grades submissions as they come, some ahead of what is done."""

    def __init__(self, client: Client, run: str) -> None:
        self._client = client
        self._run = run

    @property
    def jobs(self) -> int:
        """How many submissions are graded at once."""
        return sum(self._client.nthreads().values())

    def grade(self, works: Iterable[Work], on_check: OnCheck) -> Iterator[Outcome]:
        """Give an outcome for each, in the order they end. `works` is read as they are needed."""
        waiting = iter(works)
        running: dict[Future[Graded], Work] = {}
        self._client.subscribe_topic(self._run, lambda event: on_check(event[1]))
        ended = as_completed()

        def submit() -> None:
            work = next(waiting, None)
            if work is not None:
                future = self._client.submit(
                    grade_on_worker, work, self._run, pure=False, retries=TRIES - 1
                )
                running[future] = work
                ended.add(future)

        try:
            for _ in range(self.jobs + AHEAD):
                submit()
            while running:
                future = next(ended)
                work = running.pop(future)
                yield _outcome(work, future)
                future.release()
                submit()
        finally:
            self._client.cancel(list(running), force=True)
            self._client.unsubscribe_topic(self._run)


def _outcome(work: Work, future: Future[Graded]) -> Outcome:
    if future.status == "finished":
        return Outcome(work, graded=future.result())
    problem = future.exception()
    if isinstance(problem, NotGraded):
        why = TWICE.fill(why=problem.text)
        return Outcome(work, problem=why, log=problem.log, partial=problem.partial)
    if isinstance(problem, KilledWorker):
        return Outcome(work, problem=KILLED, log=str(problem))
    why = Text("{kind} on the worker", "worker 上出现 {kind}").fill(kind=type(problem).__name__)
    return Outcome(work, problem=why, log=repr(problem))


TWICE = Text("tried twice: {why}", "试了两次：{why}")
KILLED = Text("the workers that graded it died, one after another", "为它评分的 worker 接连终止")
NO_SCHEDULER = Text(
    "No Dask scheduler answers at {address}: {problem}", "{address} 没有 Dask 调度器应答：{problem}"
)
NO_WORKERS = Text(
    "The scheduler at {address} has no workers yet. Start one beside each Docker engine",
    "{address} 的调度器还没有 worker。请在每个 Docker 引擎旁启动一个",
)
