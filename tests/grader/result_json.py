"""A report as JSON, for programs: tests, exporters."""

from __future__ import annotations

import base64
from dataclasses import fields, is_dataclass
from typing import Any

from grader.result import Report


def as_json(report: Report) -> dict[str, Any]:
    """Make plain values of a report: texts in both languages, bytes in base64."""
    return {
        **_plain(report),
        "earned": report.earned,
        "possible": report.possible,
        "exit_status": report.exit_status,
        "checks": [{**_plain(check), "earned": check.earned} for check in report.checks],
    }


def _plain(value: object) -> Any:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value
