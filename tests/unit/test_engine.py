"""Every way in which there is no engine says what to type; contexts are read as docker does."""

import hashlib
import json
from pathlib import Path
from typing import Any

import docker.errors
import pytest
import requests
import urllib3

from grader import engine
from grader.engine import connect, engine_errors
from grader.errors import GraderError


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the SDK's client is made with, instead of making one."""
    made: list[dict[str, Any]] = []
    monkeypatch.setattr(engine, "APIClient", lambda **settings: made.append(settings))
    return made


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("DOCKER_CONFIG", raising=False)
    (tmp_path / ".docker").mkdir()
    (tmp_path / ".docker" / "config.json").write_text("{}")  # the SDK finds contexts beside it
    return tmp_path


def raised(problem: Exception, **place: str) -> str:
    with pytest.raises(GraderError) as caught, engine_errors(**place):
        raise problem
    assert caught.value.text.zh != caught.value.text.en
    return caught.value.text.en


def connection_error(reason: OSError) -> requests.ConnectionError:
    """As requests builds it: the reason is the second argument of the first argument."""
    return requests.ConnectionError(urllib3.exceptions.ProtocolError("Connection aborted.", reason))


@pytest.mark.parametrize("wrap", [docker.errors.DockerException, lambda problem: problem])
def test_no_right_to_the_socket(wrap: Any) -> None:
    problem = wrap(connection_error(PermissionError(13, "Permission denied")))
    said = raised(problem, address="unix:///var/run/docker.sock")
    assert "may not use the Docker engine at unix:///var/run/docker.sock" in said
    assert "sudo usermod -aG docker $USER" in said


@pytest.mark.parametrize("reason", [FileNotFoundError(2, "No such"), ConnectionRefusedError(111)])
def test_no_engine(reason: OSError) -> None:
    said = raised(connection_error(reason), address="tcp://10.0.0.1:2375")
    assert "No Docker engine answers at tcp://10.0.0.1:2375" in said
    assert "scripts/setup" in said


def test_an_engine_that_goes_away() -> None:
    said = raised(connection_error(OSError(9)))
    assert (
        said == "The Docker engine does not answer any more. Start Docker, or type: scripts/setup"
    )


def test_no_answer() -> None:
    assert "did not answer in 30 s" in raised(requests.ReadTimeout("late"))


def test_a_missing_image() -> None:
    said = raised(docker.errors.ImageNotFound("no"), image="socklab/host")
    assert said == (
        "The image socklab/host is missing. Type: scripts/setup (or: docker compose build)"
    )


def test_what_the_engine_refuses_is_quoted_and_escaped() -> None:
    problem = docker.errors.APIError("no", explanation="cgroups:\n\x1b[31m no such")
    assert raised(problem).startswith("Docker refused: cgroups:")
    assert "\x1b" not in raised(problem)


def test_what_is_gone() -> None:
    problem = docker.errors.NotFound("no", explanation="network abc not found")
    assert "removed by another hand: network abc not found" in raised(problem)


def test_ssh_is_told_another_way() -> None:
    with pytest.raises(GraderError, match=r"ssh -nNT -L .* teacher@lab &.*DOCKER_HOST"):
        connect({"DOCKER_HOST": "ssh://teacher@lab"})


def write_context(home: Path, name: str, host: str) -> None:
    folder = home / ".docker" / "contexts" / "meta" / hashlib.sha256(name.encode()).hexdigest()
    folder.mkdir(parents=True)
    endpoints = {"docker": {"Host": host, "SkipTLSVerify": False}}
    meta = {"Name": name, "Metadata": {}, "Endpoints": endpoints}
    (folder / "meta.json").write_text(json.dumps(meta))


def test_without_settings_it_is_the_default_socket(home: Path, asked: list[dict[str, Any]]) -> None:
    connect({})
    assert asked[0]["base_url"] == "unix:///var/run/docker.sock"


def test_the_current_context(home: Path, asked: list[dict[str, Any]]) -> None:
    write_context(home, "colima", "unix:///home/me/.colima/docker.sock")
    (home / ".docker" / "config.json").write_text('{"currentContext": "colima"}')
    connect({})
    assert asked[0]["base_url"] == "unix:///home/me/.colima/docker.sock"


def test_a_variable_names_another_context(home: Path, asked: list[dict[str, Any]]) -> None:
    write_context(home, "far", "tcp://10.0.0.1:2375")
    connect({"DOCKER_CONTEXT": "far"})
    assert asked[0]["base_url"] == "tcp://10.0.0.1:2375"


def test_docker_host_wins(home: Path, asked: list[dict[str, Any]]) -> None:
    write_context(home, "far", "tcp://10.0.0.1:2375")
    connect({"DOCKER_CONTEXT": "far", "DOCKER_HOST": "tcp://10.0.0.2:2375"})
    assert asked[0]["base_url"] == "tcp://10.0.0.2:2375"


def test_a_context_that_is_gone(home: Path, asked: list[dict[str, Any]]) -> None:
    with pytest.raises(GraderError, match=r"docker context ls"):
        connect({"DOCKER_CONTEXT": "gone"})
    assert asked == []
