import io

import pytest
from rich.console import Console

from grader.checks import Check
from grader.language import Text
from grader.progress import Progress

CHECK = Check("a", Text("Counts [bytes].", "数[字节]。"), 1)


def shown(*, terminal: bool) -> str:
    file = io.StringIO()
    progress = Progress(Console(file=file, force_terminal=terminal, width=80), "en")
    with progress.shown():
        progress.check_starts(CHECK, 2, 14)
    return file.getvalue()


def test_nothing_where_no_person_looks() -> None:
    assert shown(terminal=False) == ""


@pytest.mark.parametrize("words", ["check 3 of 14", "Counts [bytes]."])
def test_a_person_sees_which_check_runs(words: str) -> None:
    assert words in shown(terminal=True)
