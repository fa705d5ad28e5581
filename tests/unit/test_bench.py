"""scripts/bench: what it says where it cannot measure."""

import subprocess
from pathlib import Path

import pytest

from measure import __main__ as bench
from measure.comparison import Comparison


class Failing:
    """A benchmark whose command fails."""

    ROUNDS = 1

    def measure(self, root: Path, rounds: int) -> Comparison:
        command = ["sh", "-c", "echo pool overlaps >&2; exit 1"]
        subprocess.run(command, check=True, capture_output=True)
        raise AssertionError


def test_what_a_failed_command_printed_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PYTHONPATH", "is given back")
    monkeypatch.setitem(bench.BENCHMARKS, "up", Failing())
    assert bench.main(["up"]) == 3
    *said, last = capsys.readouterr().err.splitlines()
    assert said[0].startswith("scripts/bench up could not measure: ")
    assert last == "pool overlaps"
