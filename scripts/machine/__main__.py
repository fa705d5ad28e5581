"""scripts/setup: makes this machine ready for `docker compose up lab1`.

A second run changes nothing. Exit status: 0 ready, 1 something is missing and the message says
what to type, 2 wrong usage, 3 a defect of ours, 130 stopped by Ctrl-C.
"""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from grader.usage import Parser
from machine import (
    addresses,
    base_image,
    browser,
    bundle,
    compose,
    engine,
    environment,
    images,
    settings,
    text,
)
from machine.command import Log, answer, is_disk_full
from machine.engine import Engine
from machine.errors import SetupError
from machine.steps import Progress
from machine.system import System, this_system
from machine.text import Text

ABOUT = """\
Make this machine ready for `docker compose up lab1`. A second run changes nothing.
让这台机器可以运行 `docker compose up lab1`。重复运行不会改变任何东西。

exit status · 退出状态
  0 ready · 就绪                1 something is missing · 缺少某项，会提示该输入什么
  2 wrong usage · 用法错误      3 a defect of ours · 本项目自身的缺陷
  130 stopped by Ctrl-C · 被 Ctrl-C 中断"""
ENVIRONMENT = """\
environment · 环境变量
  DEBIAN_MIRROR   a Debian mirror · Debian 镜像站
  LAB_BASE        a mirror of debian:trixie-slim · debian:trixie-slim 的镜像地址
  PIP_INDEX_URL   a mirror of PyPI · PyPI 镜像站
  DOCKER_HOST     another engine · 另一个 Docker 引擎"""
ROOT = Path(__file__).resolve().parents[2]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the set-up and return its exit status."""
    os.environ.pop("PYTHONPATH", None)  # ours, see scripts/setup; pip and the rest need none
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # a C locale has no ✓
    options = parser().parse_args(arguments)
    os.chdir(ROOT)
    language = text.chosen_language(options.lang, os.environ)
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup(1) asked for that
            signal.signal(number, _stop)
    log_path = ROOT / ".socklab" / "setup.log"

    def fail(message: str, status: int) -> int:
        print(message, file=sys.stderr)
        return status

    try:
        log = Log.open(
            log_path, on_wait=lambda: print(text.WAITING.in_language(language), flush=True)
        )
        progress = Progress(out=sys.stdout, language=language, latest=log.latest)
        run(options, progress=progress, log=log)
    except SetupError as problem:
        return fail(underlying(problem).report(language), 1)
    except KeyboardInterrupt as signalled:
        return fail("\n" + text.STOPPED.in_language(language), *(signalled.args or (130,)))
    except BrokenPipeError:  # `scripts/setup | head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as problem:
        return fail(unwritten(problem).report(language), 1)
    except Exception as problem:  # the last line of defence: a student must not meet a traceback
        return fail(text.OUR_FAULT.in_language(language, error=repr(problem), log=log_path), 3)
    return 0


def parser() -> argparse.ArgumentParser:
    """Return the command line's grammar."""
    grammar = Parser(
        prog="scripts/setup",
        description=ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=ENVIRONMENT,
    )
    bundles = grammar.add_mutually_exclusive_group()
    for option, about in (
        ("--save", "also write the images to FILE · 同时把镜像写入 FILE"),
        ("--load", "take the images from FILE · 从 FILE 取得镜像"),
    ):
        bundles.add_argument(option, metavar="FILE", type=_absolute, help=about)
    grammar.add_argument(
        "--tests", action="store_true", help="also what scripts/test needs · 同时安装测试所需"
    )
    grammar.add_argument(
        "--lang",
        choices=["en", "zh"],
        help="language (default: the locale's) · 语言（默认随系统）",
    )
    return grammar


def run(options: argparse.Namespace, *, progress: Progress, log: Log) -> None:
    """Take the steps in order, then say what to type next."""
    system = this_system()
    with progress.step(text.ENGINE) as step:
        found = engine.ensure(system=system, log=log)
        step.detail = found.version
    if not options.load:
        with progress.step(text.PYTHON) as step:
            environment.ensure(root=ROOT, system=system, log=log)
            step.detail = ".venv"
    with progress.step(text.COMPOSE) as step:
        step.detail = compose.ensure(root=ROOT, system=system, log=log)
    with progress.step(text.LOAD if options.load else text.BASE) as step:
        if options.load:
            base = bundle.load(options.load, root=ROOT, log=log)
        else:
            base = base_image.ensure(root=ROOT, system=system, log=log)
        step.detail = base
    with progress.step(text.SETTINGS):
        write_settings(base, found=found, system=system, progress=progress)
    mirror = settings.read(ROOT, "DEBIAN_MIRROR") or ""
    if not options.load:
        with progress.step(text.IMAGES) as step:
            built = images.ensure(root=ROOT, base=base, mirror=mirror, log=log)
            step.detail = ", ".join(built)
    if options.save:
        with progress.step(text.SAVE) as step:
            bundle.save(options.save, root=ROOT, base=base)
            step.detail = str(options.save)
    if options.tests:
        with progress.step(text.BROWSER) as step:
            step.detail = browser.ensure(system=system, log=log)
    with progress.step(text.RANGES):
        addresses.check_ranges()
    for line in notes(options, base=base, mirror=mirror, system=system):
        progress.say(line.in_language(progress.language, user=os.environ.get("SUDO_USER")))
    progress.say(text.READY.in_language(progress.language))
    progress.say("    docker compose up lab1")


def write_settings(base: str, *, found: Engine, system: System, progress: Progress) -> None:
    """Write .env, and let the containers' user edit the programs of a checkout that root owns."""
    owner = settings.owner_of(ROOT)
    uid, gid = settings.container_user(owner, is_rootless=found.is_rootless)
    values = {"LAB_BASE": base, "LAB_UID": str(uid), "LAB_GID": str(gid)}
    if mirror := os.environ.get("DEBIAN_MIRROR"):
        values["DEBIAN_MIRROR"] = mirror
    settings.ensure(ROOT, values)
    settings.give_to_owner(ROOT / ".socklab", root=ROOT)
    programs = ROOT.glob("labs/*/programs")
    if system.is_root and owner[0] == 0 and uid != 0 and settings.give(programs, (uid, gid)):
        progress.say(text.PROGRAMS_GIVEN.in_language(progress.language, uid=uid, gid=gid))


def unwritten(problem: OSError) -> SetupError:
    """Return the error to show for a file of ours that could not be written."""
    if is_disk_full(problem):
        return SetupError(text.DISK_FULL, commands=["df -h"], command="scripts/setup")
    path = problem.filename or ROOT
    commands = [f"ls -ld {Path(path).parent}", "scripts/setup"]
    return SetupError(text.CANNOT_WRITE, commands=commands, path=path, reason=problem.strerror)


def underlying(problem: SetupError) -> SetupError:
    """Return what is behind a task that the engine did not finish: perhaps the engine itself."""
    if problem.what in (text.BUILD_FAILED, text.ENGINE_REFUSED) and engine.ask().status != 0:
        return SetupError(
            text.ENGINE_GONE, commands=["scripts/setup"], quote=problem.quote, log=problem.log
        )
    return problem


def notes(options: argparse.Namespace, *, base: str, mirror: str, system: System) -> list[Text]:
    """Return what the reader should know besides."""
    found = []
    if options.load:
        found.append(text.PYTHON_LATER)
        if not all(
            images.is_current(folder, base=base, mirror=mirror) for folder in images.folders(ROOT)
        ):
            found.append(text.OTHER_SOURCES)
    caller = os.environ.get("SUDO_USER", "root")
    if (
        system.is_linux
        and caller != "root"
        and "docker" not in answer("id", "-nG", caller).out.split()
    ):
        found.append(text.JOIN_GROUP)
    return found


def _absolute(name: str) -> Path:
    return Path(name).absolute()


def _stop(number: int, _frame: object) -> None:
    raise KeyboardInterrupt(128 + number)


if __name__ == "__main__":
    sys.exit(main())
