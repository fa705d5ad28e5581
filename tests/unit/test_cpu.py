"""How busy programs are, as /proc tells it, and what is made of two readings."""

from types import SimpleNamespace
from typing import Any

import pytest

from grader import cpu
from grader.channel import pack
from grader.cpu import CpuReading, busy_s, read_cpu
from grader.deadline import Deadline
from grader.host import Host
from unit.agents import LOCAL, scripted_channel

STAT = "7 (python3) R 1 7 7 0 -1 4194560 1500 0 0 0 {times} 20 0 1 0 9 1 2"
STATUS = "Name:\tx\nState:\tR (running)\nPid:\t{pid}\nPPid:\t1\nUid:\t{uid}\t0\t0\t0\n"


def test_nothing_told_is_nothing_used() -> None:
    assert busy_s([]) == 0.0


def test_user_and_kernel_time_of_a_process_and_its_ended_children_count() -> None:
    assert busy_s([STAT.format(times="100 20 3 0")]) == pytest.approx(1.23)


def test_a_name_may_look_like_fields() -> None:
    stat = STAT.format(times="1 0 0 0").replace("python3", ") R 1 7")
    assert busy_s([stat]) == pytest.approx(0.01)


def test_waiting_for_the_cpu_is_being_busy_in_each_thread() -> None:
    threads = ["100000000 900000000 12", "0 500000000 3"]
    assert busy_s([STAT.format(times="10 0 0 0"), *threads]) == pytest.approx(1.5)


def test_share_of_the_time() -> None:
    before, after = CpuReading(2.0, at_s=10.0), CpuReading(2.4, at_s=10.5)
    assert after.busy_since(before) == pytest.approx(0.4)
    assert after.share_since(before) == pytest.approx(0.8)


def test_a_process_that_has_ended_between_readings_never_counts_below_nothing() -> None:
    assert CpuReading(0.0, at_s=2.0).share_since(CpuReading(3.0, at_s=1.0)) == 0.0


def test_two_readings_at_once_have_a_share() -> None:
    assert CpuReading(1.0, at_s=1.0).share_since(CpuReading(1.0, at_s=1.0)) == 0.0


@pytest.mark.parametrize(("uid", "read_s"), [(LOCAL.student_uid, 0.5), (0, 0.0)])
def test_only_the_students_processes_are_read(uid: int, read_s: float) -> None:
    asked = []

    def script(request: dict[str, Any]) -> list[dict[str, Any]]:
        if request["op"] == "processes":
            fields: dict[str, Any] = {"processes": [[STATUS.format(pid=7, uid=uid), "python3"]]}
        else:
            asked.append(request["argv"])
            stat = pack((STAT.format(times="40 10 0 0") + "\n").encode())
            fields = {"exit_status": 0, "stdout": stat, "stderr": "", "duration_s": 0.0}
            fields |= {"timed_out": False, "truncated": False}
        return [{"id": request["id"], "answer": fields}]

    with scripted_channel(script) as (channel, _):
        assert read_cpu(Host(channel, address="10.0.0.4")).busy_s == pytest.approx(read_s)
    command = "cat /proc/7/stat /proc/7/task/*/schedstat"
    assert asked == ([["sh", "-c", command]] if read_s else [])


def watch(
    monkeypatch: pytest.MonkeyPatch, *readings: tuple[float, float, bool]
) -> tuple[bool, int]:
    """Whether a host with these readings (busy, at, runnable) spins, and how many were not read."""
    rest = [CpuReading(*reading) for reading in readings]
    monkeypatch.setattr(cpu, "read_cpu", lambda host: rest.pop(0))
    host: Any = SimpleNamespace(steps=SimpleNamespace(deadline=Deadline.after(5)))
    return cpu.spins(host, window_s=0.01), len(rest)


def test_who_waits_does_not_spin(monkeypatch: pytest.MonkeyPatch) -> None:
    assert watch(monkeypatch, (1, 0, True), (1.1, 0.5, False), (9, 1, True)) == (False, 1)


def test_who_is_always_busy_spins(monkeypatch: pytest.MonkeyPatch) -> None:
    assert watch(monkeypatch, (1, 0, True), (1.45, 0.5, True), (9, 1, True)) == (True, 1)


def test_who_is_about_to_run_is_watched_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    assert watch(monkeypatch, (1, 0, True), (1, 0.5, True), (1.9, 1, True)) == (True, 0)


def test_who_was_about_to_run_once_does_not_spin(monkeypatch: pytest.MonkeyPatch) -> None:
    assert watch(monkeypatch, (1, 0, True), (1, 0.5, True), (1, 1, False)) == (False, 0)
