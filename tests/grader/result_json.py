"""A report as JSON, for programs: tests, exporters, the gradebook."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from grader.escaping import SHOWN_BYTES
from grader.language import Text, read_text
from grader.lesson import Lesson
from grader.result import CheckResult, Report
from grader.steps import Step


def as_json(report: Report) -> dict[str, Any]:
    """Make plain values of a report: texts in both languages, bytes in base64.

    Of the bytes of a step those that are shown, with `size_bytes` if there are more: a check may
    have moved millions of them.
    """
    return {
        **_plain(report),
        "earned": report.earned,
        "possible": report.possible,
        "exit_status": report.exit_status,
        "checks": [check_as_json(check) for check in report.checks],
    }


def check_as_json(check: CheckResult) -> dict[str, Any]:
    """Make plain values of one check's result."""
    return {**_plain(check), "earned": check.earned}


def read_json(document: Mapping[str, Any]) -> Report:
    """Make the report again that as_json() was given."""
    return Report(
        lab=document["lab"],
        submission=document["submission"],
        seed=document["seed"],
        checks=tuple(read_check(each) for each in document["checks"]),
        notes=tuple(read_text(each) for each in document["notes"]),
        planned=document["planned"],
        error=_text(document["error"]),
        is_interrupted=document["is_interrupted"],
    )


def read_check(plain: Mapping[str, Any]) -> CheckResult:
    """Make the result again that check_as_json() was given."""
    lesson = plain["lesson"]
    return CheckResult(
        name=plain["name"],
        title=read_text(plain["title"]),
        points=plain["points"],
        outcome=plain["outcome"],
        lesson=Lesson(
            saw=read_text(lesson["saw"]),
            wanted=read_text(lesson["wanted"]),
            hint=_text(lesson["hint"]),
            look=_text(lesson["look"]),
        )
        if lesson
        else None,
        steps=tuple(_step(each) for each in plain["steps"]),
        blocked_by=tuple(plain["blocked_by"]),
        error=_text(plain["error"]),
        duration_s=plain["duration_s"],
        hidden=plain["hidden"],
    )


def _step(plain: Mapping[str, Any]) -> Step:
    data = plain["data"]
    return Step(
        at_s=plain["at_s"],
        who=plain["who"],
        what=read_text(plain["what"]),
        data=None if data is None else base64.b64decode(data),
        size_bytes=plain["size_bytes"],
    )


def _text(plain: Mapping[str, str] | None) -> Text | None:
    return read_text(plain) if plain else None


def _plain(value: object) -> Any:
    if isinstance(value, Step):
        value = _shortened(value)
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _shortened(step: Step) -> Step:
    if step.data is None or len(step.data) <= SHOWN_BYTES:
        return step
    return replace(step, data=step.data[:SHOWN_BYTES], size_bytes=len(step.data))
