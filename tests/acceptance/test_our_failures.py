"""What fails on our side is said to be ours: status 3, no point lost, and what to type next."""

import json
import re
from pathlib import Path

import pytest

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
        (b"/networks/create", 1),
        (b"/attach?", 3),
        (b'"op": "unpack"', 2),
        (b'"server.py"', 1),
        (b'"server.py"', 5),
        (b'"client.py"', 3),
        (b'"op": "reset"', 4),
    ],
    ids=["network", "attach", "unpack", "first check", "fifth check", "client", "reset"],
)
def test_engine_goes_away(mark: bytes, times: int, tmp_path: Path) -> None:
    path = tmp_path / "engine.sock"
    document = tmp_path / "report.json"
    words = ("lab1", "--submission", str(REFERENCE), "--lang", "en", "--json", str(document))
    with engine_proxy(path, cut_at=mark, times=times) as proxy:
        done = scripts_grade(*words, folder=tmp_path, DOCKER_HOST=f"unix://{path}")
        assert proxy.is_cut
    assert done.returncode == 3
    assert OURS["en"] in done.stdout + done.stderr
    if document.exists():
        report = json.loads(document.read_text())
        assert {"failed", "blocked"}.isdisjoint(each["outcome"] for each in report["checks"])
    run_id = re.search(rb'"%b":\s*"(\w+)"' % LABEL.encode(), bytes(proxy.said))
    assert run_id
    name = run_id[1].decode()
    try:
        for attempt in eventually():
            with attempt:  # the containers end by themselves; the next run removes the network
                assert set(traces(name)) <= {f"socklab-{name}"}
    finally:
        _remove_network(name)


def _remove_network(run_id: str) -> None:
    with engine() as client:
        for network in client.networks.list(filters={"label": f"{LABEL}={run_id}"}):
            network.remove()
