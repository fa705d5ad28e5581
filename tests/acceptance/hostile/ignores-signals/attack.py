"""Ignores each signal that can be ignored, and leaves a child that does and never ends."""

import os
import signal
import time

for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD}:
    signal.signal(number, signal.SIG_IGN)
if not os.fork():
    while True:
        time.sleep(1000)
