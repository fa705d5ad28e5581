from collections.abc import Callable

import pytest

from machine import browser, text
from machine.command import Log
from machine.errors import SetupError
from machine.system import System

MAC = System(is_linux=False, is_root=False, has_apt=False, has_systemd=False)


def test_without_apt_what_is_missing_is_said(
    fake_command: Callable[[str, str], None], log: Log
) -> None:
    with pytest.raises(SetupError) as caught:
        browser.ensure(system=MAC, log=log)
    assert caught.value.what is text.NEEDS_PACKAGES


def test_the_browser_that_is_there_is_used(
    fake_command: Callable[[str, str], None], log: Log
) -> None:
    fake_command("google-chrome", "echo Chrome 156")
    assert browser.ensure(system=MAC, log=log) == "Chrome 156"
