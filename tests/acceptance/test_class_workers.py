"""A class on a Dask cluster that runs already: two engines, no shared files, a worker that dies."""

import os
import subprocess
import tempfile
from pathlib import Path

from acceptance.class_runs import finish, hand_in, rows, start, wait_for_rows
from acceptance.dask_cluster import dask_cluster
from acceptance.engine_proxy import engine_watched
from acceptance.grading import LABEL, traces
from acceptance.second_engine import second_engine
from acceptance.waiting import eventually

STUDENTS = ("a", "b", "c", "d", "e", "f")


def left_on(address: str) -> str:
    """Name the containers and networks of gradings on an engine."""
    return "".join(
        subprocess.run(
            ["docker", *words, "--filter", f"label={LABEL}", "--format", "{{.ID}}"],
            env=os.environ | {"DOCKER_HOST": address},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for words in (("ps", "--all"), ("network", "ls"))
    )


def test_two_engines_grade_what_one_would_and_a_dead_worker_loses_nothing(tmp_path: Path) -> None:
    submissions, out, home = (tmp_path / name for name in ("submissions", "out", "home"))
    home.mkdir()
    for student in STUDENTS:
        hand_in(submissions, student, mistake="counts-characters" if student == "b" else "")
    (tmp_path / "dask").mkdir()
    socket = tmp_path / "engine.sock"
    with (
        tempfile.TemporaryDirectory(prefix="engine-") as other,
        second_engine(Path(other)) as address,
        engine_watched(socket) as proxy,
    ):
        with dask_cluster(tmp_path / "dask") as cluster:
            cluster.add_worker(DOCKER_HOST=f"unix://{socket}")
            cluster.add_worker(DOCKER_HOST=address)
            cluster.wait_for_workers(2)
            words = ("lab1", "--submissions", str(submissions), "--out", str(out), "--lang", "en")
            nowhere = f"unix://{tmp_path}/none"  # the engines are the workers', not ours
            run = start(*words, "--scheduler", cluster.address, home=home, DOCKER_HOST=nowhere)
            wait_for_rows(out, 2)
            cluster.kill_worker(0)
            status, said, told = finish(run)
            assert status == 1, said + told
        found = {row.student: row.earned for row in rows(out).values()}
        assert found == dict.fromkeys(STUDENTS, 20) | {"b": 17}
        for attempt in eventually():
            with attempt:
                assert [name for each in proxy.run_ids for name in traces(each)] == []
                assert left_on(address) == ""
