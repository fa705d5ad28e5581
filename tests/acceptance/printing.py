"""A report's text as scripts/grade prints it, without what no two runs have in common: packets."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from grader.command_line import PROGRAM
from grader.report import print_report
from grader.result import Report
from grader.steps import WIRE

WIDTH = 100


def text_of(report: Report, submission: Path) -> str:
    """Print it in English. How many packets there were, and when, is up to two kernels."""
    checks = [
        replace(check, steps=tuple(step for step in check.steps if step.who != WIRE))
        for check in report.checks
    ]
    printed = io.StringIO()
    console = Console(file=printed, width=WIDTH, highlight=False, emoji=False, markup=False)
    again = f"{PROGRAM} {report.lab} --submission {submission}"
    shown = replace(report, checks=tuple(checks))
    print_report(shown, console=console, language="en", again=again)
    return printed.getvalue()
