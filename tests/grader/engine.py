"""Docker Engine: finds it as the docker command does, and says plainly what it does not do."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from docker.api import APIClient
from docker.context import ContextAPI
from docker.errors import APIError, DockerException, ImageNotFound, NotFound
from docker.utils import kwargs_from_env

from grader.errors import GraderError
from grader.language import Text

DEFAULT_ADDRESS = "unix:///var/run/docker.sock"
ANSWER_LIMIT_S = 30


def connect(environment: Mapping[str, str] = os.environ) -> APIClient:
    """Connect to the engine that DOCKER_HOST, DOCKER_CONTEXT or the current context names.

    The client may be used from several threads. Raises GraderError, which says what to type, when
    there is no engine, none that answers, or none that this user may use.
    """
    settings = _settings(environment)
    address = str(settings.get("base_url") or DEFAULT_ADDRESS)
    if address.startswith("ssh://"):
        raise GraderError(NO_SSH.fill(address=address, host=address.removeprefix("ssh://")))
    with engine_errors(address=address):
        return APIClient(**settings, version="auto", timeout=ANSWER_LIMIT_S)


def engine_time_s(engine: APIClient) -> float:
    """Tell the engine's time of day in whole seconds since 1970; its clock need not be ours."""
    with engine_errors():
        answered = engine.get(f"{engine.base_url}/_ping").headers["Date"]
    return parsedate_to_datetime(answered).timestamp()


@contextmanager
def engine_errors(*, address: str = "", image: str = "") -> Iterator[None]:
    """Turn what the SDK raises into GraderError.

    `address` is told where the engine is first asked, `image` is the one that a request needs.
    """
    try:
        yield
    except ImageNotFound:
        raise GraderError(NO_IMAGE.fill(image=image)) from None
    except NotFound as problem:
        raise GraderError(GONE.fill(explanation=str(problem.explanation))) from problem
    except APIError as problem:
        explanation = str(problem.explanation or problem)
        raise GraderError(REFUSED.fill(explanation=explanation)) from problem
    except requests.exceptions.Timeout as problem:
        raise GraderError(SILENT.fill(limit=ANSWER_LIMIT_S)) from problem
    except (DockerException, requests.exceptions.RequestException, OSError) as problem:
        words = NOT_ALLOWED if _has_cause(problem, PermissionError) else NO_ENGINE
        raise GraderError((words if address else ENGINE_WENT).fill(address=address)) from problem


def _settings(environment: Mapping[str, str]) -> dict[str, Any]:
    """Give APIClient's address and TLS settings, in the docker command's order of precedence."""
    if environment.get("DOCKER_HOST"):
        return dict(kwargs_from_env(dict(environment)))
    name = environment.get("DOCKER_CONTEXT") or None
    try:
        context = ContextAPI.get_context(name)
    except (DockerException, OSError, ValueError) as problem:
        raise GraderError(NO_CONTEXT.fill(problem=str(problem))) from problem
    if context is None:
        raise GraderError(NO_CONTEXT.fill(problem=name or ""))
    if context.Name == "default" or not context.Host:
        return {"base_url": DEFAULT_ADDRESS}
    tls = context.TLSConfig
    return {"base_url": context.Host, **({"tls": tls} if tls else {})}


def _has_cause(problem: BaseException, kind: type[BaseException]) -> bool:
    """Look for an error that the SDK wrapped: as cause, as context, or as an argument."""
    waiting: list[BaseException | None] = [problem]
    seen: set[int] = set()
    while waiting:
        error = waiting.pop()
        if error is None or id(error) in seen:
            continue
        seen.add(id(error))
        if isinstance(error, kind):
            return True
        arguments = [argument for argument in error.args if isinstance(argument, BaseException)]
        waiting += [error.__cause__, error.__context__, *arguments]
    return False


NO_ENGINE = Text(
    "No Docker engine answers at {address}. Start Docker, or type: scripts/setup",
    "{address} 没有 Docker 引擎应答。请启动 Docker，或输入：scripts/setup",
)
ENGINE_WENT = Text(
    "The Docker engine does not answer any more. Start Docker, or type: scripts/setup",
    "Docker 引擎中途停止了应答。请启动 Docker，或输入：scripts/setup",
)
NOT_ALLOWED = Text(
    "You may not use the Docker engine at {address}. Type: sudo usermod -aG docker $USER"
    " && newgrp docker",
    "当前用户无权使用 {address} 的 Docker 引擎。请输入：sudo usermod -aG docker $USER"
    " && newgrp docker",
)
NO_SSH = Text(
    "{address} cannot be used directly. Type: ssh -nNT -L /tmp/docker.sock:/var/run/docker.sock"
    " {host} & then: export DOCKER_HOST=unix:///tmp/docker.sock",
    "不能直接使用 {address}。请输入：ssh -nNT -L /tmp/docker.sock:/var/run/docker.sock"
    " {host} & 然后输入：export DOCKER_HOST=unix:///tmp/docker.sock",
)
NO_CONTEXT = Text(
    "The docker context cannot be read: {problem}. Type: docker context ls",
    "无法读取 docker context：{problem}。请输入：docker context ls",
)
NO_IMAGE = Text(
    "The image {image} is missing. Type: scripts/setup (or: docker compose build)",
    "缺少镜像 {image}。请输入：scripts/setup（或 docker compose build）",
)
SILENT = Text(
    "Docker did not answer in {limit} s. Type: docker version",
    "Docker 在 {limit} 秒内没有应答。请输入：docker version",
)
GONE = Text(
    "Something the grader had made is gone, removed by another hand: {explanation}",
    "评测程序创建的资源已被其他操作删除：{explanation}",
)
REFUSED = Text("Docker refused: {explanation}", "Docker 拒绝了请求：{explanation}")
