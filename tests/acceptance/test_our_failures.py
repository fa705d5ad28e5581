"""What fails on our side is said to be ours: status 3, no point lost, and what to type next."""

import json
import re
from contextlib import suppress
from pathlib import Path

import pytest
from docker.errors import APIError

from acceptance.compose import engine, project_copy
from acceptance.engine_proxy import engine_proxy
from acceptance.grading import LABEL, REFERENCE, scripts_grade, traces
from acceptance.waiting import eventually

OURS = {
    "en": "The grader failed, not your program",
    "zh": "是评分程序出了问题，不是你的程序",
}


@pytest.mark.parametrize("language", OURS)
def test_engine_is_gone(language: str, tmp_path: Path) -> None:
    nowhere = f"unix://{tmp_path}/no.sock"
    done = scripts_grade("lab1", "--lang", language, folder=tmp_path, DOCKER_HOST=nowhere)
    said = done.stdout + done.stderr
    assert done.returncode == 3
    assert OURS[language] in said
    assert "scripts/setup" in said
    assert not re.search(r"0/1|✘|0 of|Traceback", said)


def test_image_is_missing(tmp_path: Path) -> None:
    with project_copy(tmp_path / "socklab") as project:
        file = project.folder / "labs" / "lab1" / "compose.yaml"
        file.write_text(file.read_text().replace("socklab/host", "socklab/absent"))
        done = project.run("scripts/grade", "lab1", "--lang", "en", check=False)
    said = done.stdout + done.stderr
    assert done.status == 3
    assert OURS["en"] in said
    assert "socklab/absent" in said
    assert "scripts/setup" in said
    assert not re.search(r"0/1|✘|0 of|Traceback", said)


@pytest.mark.parametrize(
    ("mark", "times"),
    [
        (b'"socklab.grade"', 1),
        (b"/attach?", 3),
        (b'"op": "unpack"', 2),
        (b'"server.py"', 1),
        (b'"op": "reset"', 4),
    ],
    ids=["network", "attach", "unpack", "first check", "reset"],
)
def test_engine_goes_away(mark: bytes, times: int, tmp_path: Path) -> None:
    path, document = tmp_path / "engine.sock", tmp_path / "report.json"
    words = ("lab1", "--submission", str(REFERENCE), "--lang", "en", "--json", str(document))
    with engine_proxy(path, cut_at=mark, times=times) as proxy:
        done = scripts_grade(*words, folder=tmp_path, DOCKER_HOST=f"unix://{path}")
        assert proxy.is_cut
    try:
        assert done.returncode == 3
        said = done.stdout + done.stderr
        assert said.count(OURS["en"]) == 1, said
        assert "scripts/setup" in said
        assert not re.search("✘|0/1|Traceback", said)
        if document.exists():
            checks = json.loads(document.read_text())["checks"]
            assert "failed" not in {each["outcome"] for each in checks}
        for attempt in eventually():
            with attempt:
                assert running(proxy.run_id) == []
    finally:
        remove(proxy.run_id)


def running(run_id: str) -> list[str]:
    """Give a run's containers that run; they have to end by themselves."""
    with engine() as client:
        found = client.containers.list(ignore_removed=True, filters={"label": f"{LABEL}={run_id}"})
        return [one.name or "" for one in found]


def remove(run_id: str) -> None:
    """Remove what a run could not: the next run would, a minute later."""
    label = f"{LABEL}={run_id}"
    for attempt in eventually():
        with attempt, engine() as client:
            found = client.containers.list(all=True, ignore_removed=True, filters={"label": label})
            for container in found:
                with suppress(APIError):  # it is removing itself
                    container.remove(force=True)
            for network in client.networks.list(filters={"label": label}):
                with suppress(APIError):  # a container is still leaving it
                    network.remove()
            assert traces(run_id) == []
