import signal
import threading

import pytest

from grader import watchdog
from grader.errors import CheckFailed


def test_ends_a_check_that_never_looks_at_its_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog, "GRACE_S", 0.01)
    with pytest.raises(CheckFailed) as failed, watchdog.watchdog(0.0):
        threading.Event().wait()
    assert "0 s" in failed.value.lesson.saw.en


def test_leaves_no_alarm_behind() -> None:
    before = signal.getsignal(signal.SIGALRM)
    with watchdog.watchdog(100.0):
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 0
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0
    assert signal.getsignal(signal.SIGALRM) is before


def test_does_nothing_in_another_thread() -> None:
    done: list[bool] = []

    def work() -> None:
        with watchdog.watchdog(100.0):
            done.append(signal.getitimer(signal.ITIMER_REAL)[0] == 0)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]
