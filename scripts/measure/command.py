"""One command on a grader's host, over its open channel, against `docker exec`."""

import subprocess
import time
from pathlib import Path

from grader.host import Host
from grader.sandbox import new_run_id, open_sandbox
from grader.submission import read_submission
from grader.topology import read_topology
from measure.comparison import Comparison

LIMIT = 0.11  # 5 ms where docker exec takes 45
ROUNDS = 200
COMMAND = ("ss", "-tlnH")


def measure(root: Path, rounds: int) -> Comparison:
    """Run the same command both ways in turn, in the same container."""
    ours_s: list[float] = []
    exec_s: list[float] = []
    topology = read_topology(root, "lab1")
    submission = read_submission(root / "labs/lab1/reference", wanted=("client.py", "server.py"))
    run_id = new_run_id()
    with open_sandbox(topology, run_id=run_id) as sandbox, sandbox.hosts(submission) as (server, _):
        container = container_of(run_id)
        for _ in range(rounds):
            ours_s.append(run_on(server))
            exec_s.append(run_by_exec(container))
    return Comparison(
        ours=f"{' '.join(COMMAND)} over the channel",
        ours_s=ours_s,
        bare_s={f"docker exec … {' '.join(COMMAND)}": exec_s},
        limit=LIMIT,
    )


def container_of(run_id: str) -> str:
    """Return the identity of the container that is this run's server."""
    listed = subprocess.run(
        ["docker", "ps", "-q", "--filter", f"name=socklab-{run_id}-server"],
        check=True,
        capture_output=True,
        text=True,
    )
    return listed.stdout.split()[0]


def run_on(host: Host) -> float:
    """Return the seconds of the command over the channel."""
    started_s = time.perf_counter()
    done = host.run(*COMMAND)
    elapsed_s = time.perf_counter() - started_s
    if done.exit_status != 0:
        raise RuntimeError(done.stderr.decode(errors="replace"))
    return elapsed_s


def run_by_exec(container: str) -> float:
    """Return the seconds of the command by docker exec."""
    started_s = time.perf_counter()
    subprocess.run(["docker", "exec", container, *COMMAND], check=True, capture_output=True)
    return time.perf_counter() - started_s
