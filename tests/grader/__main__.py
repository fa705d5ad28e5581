"""scripts/grade: reads the command, grades, prints; the exit status says how it went."""

from __future__ import annotations

import json
import shlex
import signal
import sys
import traceback
from argparse import Namespace
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from grader.command_line import PROGRAM, read_arguments
from grader.errors import GraderError, UsageError
from grader.escaping import escape_text
from grader.grading import PROJECT, Lab, find_lab, grade
from grader.language import Language, Text, read_language
from grader.log import ErrorLog
from grader.result import FINE, GRADER_FAILED, INTERRUPTED, LOGGED, WRONG_USAGE, Report, our_fault

if TYPE_CHECKING:
    from grader.sandbox import Sandbox
    from grader.stage import SandboxStage
    from grader.submission import Submission
    from grader.topology import Topology


def main(words: Sequence[str] | None = None) -> int:
    """Do what the command says; returns the exit status (0, 1, 2, 3, or 130 after Ctrl-C)."""
    arguments = read_arguments(words)
    language: Language = arguments.lang or read_language()
    log = ErrorLog(to_stderr=arguments.debug)
    for stream in (sys.stdout, sys.stderr):  # a terminal without UTF-8 still gets a report
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        if arguments.whoami:
            return _whoami(arguments, language)
        if arguments.is_class:
            return _grade_class(arguments, language)
        return _clean(language) if arguments.clean else _grade(arguments, language, log)
    except UsageError as error:
        _complain(error.text, language)
        return WRONG_USAGE
    except GraderError as error:
        _complain(our_fault(error.text), language)
        return GRADER_FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception:
        log.note(traceback.format_exc())
        _complain(our_fault(OUR_MISTAKE), language)
        if log.path:
            _complain(LOGGED.fill(path=str(log.path)), language)
        return GRADER_FAILED


def _grade(arguments: Namespace, language: Language, log: ErrorLog) -> int:
    lab = find_lab(arguments.lab, hidden=arguments.hidden)
    from grader.seed import Seed
    from grader.submission import read_submission

    submission = read_submission(arguments.submission or lab.programs, wanted=lab.wanted)
    seed = Seed.fresh() if arguments.seed is None else Seed(arguments.seed)
    report = None
    try:
        with _opening(lab, submission) as opened:
            from rich.console import Console

            from grader.progress import Progress

            progress = Progress(Console(stderr=True, highlight=False), language)
            with progress.shown():
                report = grade(
                    lab,
                    submission,
                    lambda: opened.result()[1],
                    seed=seed,
                    chosen=arguments.check,
                    tells_hidden=arguments.debug,
                    personal=arguments.values,
                    log=log,
                    on_start=progress.check_starts,
                )
            _show(report, arguments, language, log)
            if arguments.keep_open and not report.error:
                _keep_open(opened.result()[0], language)
    except GraderError:  # on leaving the sandbox, or on keeping it open
        if report is None or report.is_complete or arguments.keep_open:
            raise
    assert report  # an incomplete one has told what failed
    return report.exit_status


def _whoami(arguments: Namespace, language: Language) -> int:
    from grader.classroom.whoami import whoami

    find_lab(arguments.lab)
    whoami(arguments, language)
    return FINE


def _grade_class(arguments: Namespace, language: Language) -> int:
    try:
        from grader.classroom.command import run
    except ModuleNotFoundError as missing:  # in a container, which has what one submission needs
        raise GraderError(NO_CLASSES.fill(module=str(missing.name))) from None
    return run(arguments, language)


@contextmanager
def _opening(lab: Lab, submission: Submission) -> Iterator[Future[tuple[Sandbox, SandboxStage]]]:
    """Open the sandbox in a thread while pytest is imported and collects; undo it at the end.

    Ctrl-C ends the grading, not the undoing.
    """
    from grader.topology import read_topology

    sandbox = ExitStack()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a polite kill undoes as well
    try:
        with ThreadPoolExecutor(2, "opening") as executor:  # waits for the opening to be over
            topology = executor.submit(read_topology, PROJECT, lab.name)  # Compose takes 0.1 s
            yield executor.submit(_open, sandbox, topology, submission)
    finally:
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        sandbox.close()
        signal.signal(signal.SIGINT, before)


def _open(
    stack: ExitStack, topology: Future[Topology], submission: Submission
) -> tuple[Sandbox, SandboxStage]:
    from grader.sandbox import new_run_id, open_sandbox
    from grader.stage import open_stage

    sandbox = stack.enter_context(open_sandbox(topology.result(), run_id=new_run_id()))
    import grader.packets  # noqa: F401 - dpkt takes its time; here the hosts are starting

    return sandbox, stack.enter_context(open_stage(sandbox, submission))


def _show(report: Report, arguments: Namespace, language: Language, log: ErrorLog) -> None:
    from rich.console import Console

    from grader.report import print_report
    from grader.result_json import as_json

    if arguments.json:
        document = json.dumps(as_json(report), ensure_ascii=False, indent=1) + "\n"
        if str(arguments.json) == "-":
            sys.stdout.write(document)
            return
        arguments.json.write_text(document, encoding="utf-8")
    again = report.lab
    for option in ("submission", "hidden"):
        if path := getattr(arguments, option):
            again += f" --{option} {shlex.quote(str(path))}"
    if arguments.values:
        again += f" --values {shlex.quote(str(arguments.values))}"
    print_report(
        report,
        console=Console(highlight=False, emoji=False, markup=False),
        language=language,
        again=f"{PROGRAM} {again}",
        log=str(log.path or ""),
    )


def _keep_open(sandbox: Sandbox, language: Language) -> None:
    from rich.console import Console

    console = Console(highlight=False, emoji=False, markup=False)
    console.print()
    console.print(KEPT_OPEN.say(language))
    for command in sandbox.keep_open().values():
        console.print(f"  {command}", soft_wrap=True)
    console.print(REMOVE.fill(command=f"{PROGRAM} --clean").say(language))


def _clean(language: Language) -> int:
    from grader.cleaning import clean
    from grader.engine import connect

    removed = clean(connect(), everything=True)
    told = REMOVED.fill(names=", ".join(removed)) if removed else NOTHING_LEFT
    print(told.say(language))
    return FINE


def _complain(text: Text, language: Language) -> None:
    from rich.console import Console

    from grader.prose import Prose

    words = escape_text(text.say(language), keep="\n")
    Console(stderr=True, highlight=False).print(Prose(words))


KEPT_OPEN = Text("The hosts stay up. To look around:", "主机保留。进入主机查看：")
REMOVE = Text("To remove them: {command}", "清理：{command}")
REMOVED = Text("Removed: {names}", "已清理：{names}")
NOTHING_LEFT = Text("Nothing of graders was left.", "没有需要清理的内容。")
NO_CLASSES = Text(
    "A class needs {module}, which is not installed here. Type: scripts/setup",
    "批改整个班级需要 {module}，这里没有安装。请输入：scripts/setup",
)
OUR_MISTAKE = Text("a mistake in the grader", "评分程序自身有错误")

if __name__ == "__main__":
    sys.exit(main())
