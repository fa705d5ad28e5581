"""Removes a container or a network from an engine, also when others do so at the same time."""

from __future__ import annotations

import time
from contextlib import suppress
from http import HTTPStatus

import requests
from docker.api import APIClient
from docker.errors import APIError, NotFound

from grader.engine import engine_errors

LIMIT_S = 30
# An engine never answers who asks to wait in the moment in which the container goes: so ask again.
WAIT_S = 1
ENDS_S = 10  # on a busy machine; it takes a tenth of a second


def remove_container(engine: APIClient, identity: str) -> bool:
    """Remove a container and wait until it has left its network; tell if that was our doing.

    The engine may be removing it already, or may find it ended while it kills it: then it removes
    nothing, and is asked again. Raises GraderError.
    """
    end = time.monotonic() + LIMIT_S
    with engine_errors(), suppress(NotFound):
        while True:
            try:
                engine.remove_container(identity, force=True, v=True)
            except APIError as problem:
                if problem.status_code != HTTPStatus.CONFLICT or time.monotonic() > end:
                    raise
            else:
                return True
            _wait(engine, identity)
    return False


def remove_ending_container(engine: APIClient, identity: str) -> None:
    """Wait until a container has removed itself that is about to end; remove it if it does not.

    To remove it at once would be to kill it, for which the engine starts another process. Raises
    GraderError.
    """
    end = time.monotonic() + ENDS_S
    with engine_errors(), suppress(NotFound):
        while not _wait(engine, identity):
            if time.monotonic() > end:
                remove_container(engine, identity)
                return


def _wait(engine: APIClient, identity: str) -> bool:
    """Wait for a while until a container is removed; tell whether it is."""
    try:
        engine.wait(identity, timeout=WAIT_S, condition="removed")
    except (requests.ConnectionError, requests.Timeout):
        return False
    return True


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
