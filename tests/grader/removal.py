"""Removes a container or a network from an engine, also when others do so at the same time."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus

from docker.api import APIClient
from docker.errors import APIError, NotFound

from grader.engine import engine_errors

LIMIT_S = 30


def remove_container(engine: APIClient, identity: str) -> bool:
    """Remove a container and wait until it has left its network; tell if that was our doing.

    Raises GraderError.
    """
    with engine_errors(), suppress(NotFound):
        try:
            engine.remove_container(identity, force=True, v=True)
        except APIError as problem:
            if problem.status_code != HTTPStatus.CONFLICT:  # the engine does so already
                raise
            engine.wait(identity, timeout=LIMIT_S, condition="removed")
        else:
            return True
    return False


def remove_network(engine: APIClient, identity: str) -> bool:
    """Remove a network; tell if that was our doing. One with containers in it stays.

    Raises GraderError.
    """
    with engine_errors(), suppress(NotFound):
        try:
            engine.remove_network(identity)
        except APIError as problem:
            if problem.status_code != HTTPStatus.FORBIDDEN:  # it has active endpoints
                raise
        else:
            return True
    return False
