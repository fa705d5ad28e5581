"""The labels of all that grading creates in an engine; cleaning removes these and nothing else."""

from __future__ import annotations

from collections.abc import Mapping

OWNER = "socklab"  # of everything the project creates, with the lab's name or `grade`
GRADE = "socklab.grade"  # of what grading creates, with the id of the run


def labels_of_run(run_id: str) -> Mapping[str, str]:
    """Give the labels of one run's containers and network."""
    return {OWNER: "grade", GRADE: run_id}
