import io
import re
import threading

import pytest

from machine import text
from machine.steps import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_failed_step_is_marked() -> None:
    out = io.StringIO()
    with (
        pytest.raises(ValueError, match="no"),
        Progress(out=out, language="en", latest=str).step(text.ENGINE),
    ):
        raise ValueError("no")
    assert re.fullmatch(r"✗ +[\d.]+ s  Docker Engine\n", out.getvalue())


def test_a_step_is_one_line_with_its_result() -> None:
    out = io.StringIO()
    with Progress(out=out, language="zh", latest=str).step(text.BASE) as step:
        step.detail = "debian"
    assert re.fullmatch(r"✓ +[\d.]+ s  基础镜像: debian\n", out.getvalue())


def test_a_terminal_sees_the_tool_at_work_until_the_step_ends() -> None:
    out = Terminal()
    asked = threading.Event()

    def latest() -> str:
        asked.set()
        return "unpacking"

    with Progress(out=out, language="en", latest=latest).step(text.ENGINE):
        assert asked.wait(timeout=60)
    *painted, last = out.getvalue().split("\r\033[K")
    assert painted[1].endswith("Docker Engine: unpacking")
    assert last.startswith("✓")
