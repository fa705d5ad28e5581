"""Grades one submission after another in one sandbox, in a process without pytest around it.

`python -m acceptance.grade_many LAB`: a JSON object a line on stdin, its answer a line on stdout.
{"submission": PATH, "checks": [NAME, …]} is answered with the report, and as `text` what
scripts/grade prints of it but for packets; {"submission": PATH, "argv": [WORD, …], "until": TEXT,
"limit_s": SECONDS} with what that command printed on the server's host until it had ended and it,
or a child it left, had printed the text. Both name the containers that the submission had.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from acceptance.printing import text_of
from grader.engine import connect
from grader.grading import PROJECT, Lab, find_lab, grade
from grader.labels import GRADE
from grader.log import ErrorLog
from grader.result_json import as_json
from grader.sandbox import Sandbox, new_run_id, open_sandbox
from grader.seed import Seed
from grader.stage import open_stage
from grader.submission import Submission, read_submission
from grader.topology import read_topology


def main() -> None:
    """Answer requests until stdin ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever else prints, it is no answer
    lab, run_id = find_lab(sys.argv[1]), new_run_id()
    with open_sandbox(read_topology(PROJECT, lab.name), run_id=run_id) as sandbox:
        print(json.dumps({"run_id": run_id, **sandbox.addresses}), file=answers, flush=True)
        for line in sys.stdin:
            request = json.loads(line)
            path = Path(request.pop("submission"))
            submission = read_submission(path, wanted=lab.wanted)
            if "argv" in request:
                answer = _run(sandbox, submission, run_id=run_id, **request)
            else:
                answer = _grade(sandbox, lab, submission, path, run_id=run_id, **request)
            print(json.dumps(answer), file=answers, flush=True)


def _grade(
    sandbox: Sandbox,
    lab: Lab,
    submission: Submission,
    path: Path,
    *,
    checks: list[str],
    run_id: str,
) -> dict[str, Any]:
    with open_stage(sandbox, submission) as stage:
        report = grade(
            lab,
            submission,
            lambda: stage,
            seed=Seed(1),
            chosen=checks,
            log=ErrorLog(to_stderr=True),
        )
        text = text_of(report, path)
        return as_json(report) | {"text": text, "containers": _containers(run_id)}


def _run(
    sandbox: Sandbox,
    submission: Submission,
    *,
    argv: list[str],
    until: str,
    limit_s: float,
    run_id: str,
) -> dict[str, Any]:
    with sandbox.hosts(submission) as (server, _):
        program = server.start(*argv)

        def is_over() -> bool:
            return not program.is_running and until.encode() in program.stdout + program.stderr

        program.wait_for(is_over, limit_s)
        printed = (program.stdout + program.stderr).decode(errors="replace")
        return {"printed": printed, "containers": _containers(run_id)}


def _containers(run_id: str) -> list[str]:
    """Give the ids of a run's containers, without the peer's."""
    found = connect().containers(all=True, filters={"label": f"{GRADE}={run_id}"})
    return [one["Id"] for one in found if "-peer-" not in one["Names"][0]]


if __name__ == "__main__":
    main()
