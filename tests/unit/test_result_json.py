"""A report that went through JSON says the same."""

import json

from grader.result_json import as_json, read_json
from grader.steps import Step
from unit.classroom.samples import LOST, STEPS, check, report


def test_a_report_comes_back_as_it_was() -> None:
    assert LOST.report
    assert read_json(json.loads(json.dumps(as_json(LOST.report)))) == LOST.report


def test_of_many_bytes_those_come_back_that_are_shown() -> None:
    long = Step(1.0, "peer", STEPS[0].what, b"x" * 1_000_000)
    document = json.dumps(as_json(report("x", check("server-answers", "passed", steps=(long,)))))
    assert len(document) < 2000
    (back,) = read_json(json.loads(document)).checks[0].steps
    assert back.told_data == long.told_data
    assert back.told_data
    assert back.told_data.en.endswith('" (the first 64 of 1,000,000 bytes)')
    assert as_json(read_json(json.loads(document))) == json.loads(document)
