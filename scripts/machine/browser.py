"""A browser for the tests of a class's report: the one that is there, or the distribution's."""

import shutil

from machine import system as machine_system
from machine.command import Log, answer
from machine.system import System

COMMANDS = ("chromium", "chromium-browser", "google-chrome")
# With a font that has Chinese characters: the report is in both languages.
PACKAGES = ("chromium", "fonts-wqy-zenhei")


def ensure(*, system: System, log: Log) -> str:
    """Return its version, after installing one if need be; raises SetupError if that fails."""
    if installed() is None:
        machine_system.install(PACKAGES, system=system, log=log)
    command = installed()
    return answer(command, "--version").out.strip() if command else ""


def installed() -> str | None:
    """Return the command of a browser that Playwright can drive, if there is one."""
    return next((path for name in COMMANDS if (path := shutil.which(name))), None)
