"""A class on a Dask cluster that runs already: workers share no file system, and may die."""

from pathlib import Path

from acceptance.class_runs import finish, hand_in, rows, start, wait_for_rows
from acceptance.dask_cluster import dask_cluster
from acceptance.engine_proxy import engine_watched
from acceptance.grading import traces
from acceptance.waiting import eventually

STUDENTS = ("a", "b", "c", "d", "e")


def test_a_worker_that_dies_loses_nothing(tmp_path: Path) -> None:
    submissions, out, home = (tmp_path / name for name in ("submissions", "out", "home"))
    home.mkdir()
    for student in STUDENTS:
        hand_in(submissions, student)
    (tmp_path / "dask").mkdir()
    with engine_watched(tmp_path / "engine.sock") as proxy:
        with dask_cluster(tmp_path / "dask") as cluster:
            for _ in range(2):
                cluster.add_worker(DOCKER_HOST=f"unix://{tmp_path}/engine.sock")
            words = ("lab1", "--submissions", str(submissions), "--out", str(out), "--lang", "en")
            nowhere = f"unix://{tmp_path}/none"  # the engine is the workers', not ours
            cluster.wait_for_workers(2)
            run = start(*words, "--scheduler", cluster.address, home=home, DOCKER_HOST=nowhere)
            wait_for_rows(out, 1)
            cluster.kill_worker(0)
            status, said, told = finish(run)
            assert status == 0, said + told
        found = rows(out)
        assert {row.student: row.earned for row in found.values()} == dict.fromkeys(STUDENTS, 20)
        for attempt in eventually():
            with attempt:
                assert [name for each in proxy.run_ids for name in traces(each)] == []
