"""Removes what grading left in an engine, by its labels; nothing that is not ours."""

from __future__ import annotations

import math
from datetime import datetime

from docker.api import APIClient

from grader.engine import engine_errors, engine_time_s
from grader.labels import GRADE
from grader.removal import remove_container, remove_network

# A run needs less than this between making an object and using it. What is older and unused has
# lost its run: agents end with their grader, so no running container is ever without one.
YOUNG_S = 60.0
# In an engine's list of containers; "created" was never started.
DEAD_STATES = ("created", "exited", "dead")


def clean(engine: APIClient, *, everything: bool, run_id: str = "") -> list[str]:
    """Remove what killed runs left; with `everything`, also what runs use and what is kept open.

    With a `run_id` only what that run has made. Gives the names of what was removed. Many may
    clean at the same time. Raises GraderError if the engine does not answer.
    """
    ours = {"label": f"{GRADE}={run_id}" if run_id else GRADE}
    before_s = math.inf if everything else engine_time_s(engine) - YOUNG_S
    with engine_errors():
        containers = engine.containers(all=True, filters=ours)
    removed = [
        found["Names"][0].removeprefix("/")
        for found in containers
        if everything or (found["State"] in DEAD_STATES and found["Created"] < before_s)
        if remove_container(engine, found["Id"])
    ]
    with engine_errors():
        networks = engine.networks(filters=ours)
    return removed + [
        found["Name"]
        for found in networks
        if read_time_s(found["Created"]) < before_s
        if remove_network(engine, found["Id"])
    ]


def read_time_s(written: str) -> float:
    """Read a time of the engine, such as 2026-11-21T03:47:11.123456789Z, in seconds since 1970."""
    # Nanoseconds are more than datetime reads, and a whole second is enough.
    seconds, _, rest = written.partition(".")
    zone = rest.lstrip("0123456789")
    return datetime.fromisoformat(seconds + zone).timestamp()
