"""scripts/grade LAB --submissions DIR: reads the class, grades it, writes its files, sums up."""

from __future__ import annotations

import errno
import fcntl
import os
import shlex
import shutil
import signal
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

from rich.console import Console

from grader.classroom.exports import write_exports
from grader.classroom.fork_server import start_early
from grader.classroom.gradebook import FILE, Gradebook, open_gradebook
from grader.classroom.handins import ROSTER, ClassFolder, find_handins
from grader.classroom.hidden import pack_hidden
from grader.classroom.progress import ClassProgress
from grader.classroom.roster import Roster
from grader.classroom.run import Settings, enter_class, grade_class
from grader.classroom.summary import exit_status, summarize
from grader.classroom.version import checks_version
from grader.classroom.whoami import open_roster
from grader.errors import GraderError, UsageError
from grader.escaping import escape_text
from grader.grading import Lab, find_lab
from grader.language import Language, Text
from grader.prose import Prose
from grader.result import INTERRUPTED
from grader.secret import hide_secret, read_secret
from grader.seed import Seed

ERRORS = "errors.log"
_OWN = ".socklab-run"  # in --out, only while a class is graded


def run(arguments: Namespace, language: Language) -> int:
    """Do what the command says; returns the exit status. Raises UsageError and GraderError."""
    lab = find_lab(arguments.lab, hidden=arguments.hidden)
    out: Path = arguments.out or Path(f"{lab.name}-grades")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with _locked(out), open_gradebook(out / FILE) as book:
        try:
            with ExitStack() as stack:
                if arguments.submissions:
                    stack.enter_context(_graded(arguments, lab, book, out, language))
                elif lab.name not in book.labs():
                    raise UsageError(NOTHING_YET.fill(path=str(out), lab=lab.name))
                _sum_up(book, lab, arguments, out, language)
        except KeyboardInterrupt:
            _sum_up(book, lab, arguments, out, language)
            print(GO_ON.fill(command=_command(arguments.personal)).say(language), file=sys.stderr)
            return INTERRUPTED
        except (GraderError, OSError) as problem:
            with suppress(GraderError):  # the first error is the one to tell
                _sum_up(book, lab, arguments, out, language)
            print(GO_ON.fill(command=_command(arguments.personal)).say(language), file=sys.stderr)
            if isinstance(problem, OSError) and problem.errno == errno.ENOSPC:
                raise GraderError(DISK_FULL.fill(path=str(out))) from problem
            raise
        return exit_status(book.grades(lab.name))


@contextmanager
def _graded(
    arguments: Namespace, lab: Lab, book: Gradebook, out: Path, language: Language
) -> Iterator[None]:
    """Grade what is to be graded. While the context lasts, the sandboxes go already."""
    console = Console(stderr=True, highlight=False, emoji=False, markup=False)

    def tell(text: Text, style: str = "") -> None:
        console.print(Prose(escape_text(text.say(language), keep="\n"), style))

    with ExitStack() as stack:
        own = out / _OWN
        stack.callback(shutil.rmtree, own, ignore_errors=True)
        shutil.rmtree(own, ignore_errors=True)
        folder = _read_class(arguments, lab, own / "download")
        if folder.left_out:
            tell(LEFT_OUT.fill(names=", ".join(folder.left_out[:20])), "yellow")
        wanted = Seed.fresh().value if arguments.seed is None else arguments.seed
        seed = book.seed(lab.name, wanted)
        if arguments.rerun and arguments.seed is not None:
            seed = arguments.seed
        hidden = pack_hidden(arguments.hidden) if arguments.hidden else b""
        settings = Settings(
            lab=lab,
            checks=checks_version(lab, hidden),
            seed=seed,
            hidden=hidden,
            limit_s=arguments.limit,
            secret=read_secret(arguments.personal) if arguments.personal else "",
        )
        handins = enter_class(book, folder, settings, rerun=arguments.rerun)
        outdated = book.outdated(
            lab.name, checks=settings.checks, seed=wanted if arguments.seed is not None else seed
        )
        if outdated:
            tell(OUTDATED.fill(count=outdated), "yellow")
        if handins:
            if not arguments.scheduler:
                _ask_engine()
                start_early()
            from grader.classroom.cluster import default_jobs, open_cluster

            # Closing takes seconds, in which a second Ctrl-C changes nothing; then it works again.
            stack.callback(signal.signal, signal.SIGINT, signal.getsignal(signal.SIGINT))
            jobs = min(arguments.jobs or default_jobs(), len(handins))
            cluster = stack.enter_context(
                open_cluster(jobs=jobs, scratch=own, scheduler=arguments.scheduler)
            )
            stack.callback(signal.signal, signal.SIGINT, signal.SIG_IGN)
            progress = ClassProgress(total=len(handins), language=language)
            with progress.shown(console) as on_row:
                grade_class(
                    book,
                    handins,
                    settings,
                    cluster,
                    on_check=progress.begins,
                    on_row=on_row,
                    log=lambda words: _note(out / ERRORS, words),
                )
        book.finish(lab.name)
        yield


def _read_class(arguments: Namespace, lab: Lab, download: Path) -> ClassFolder:
    folder: Path = arguments.submissions
    if folder.is_file():
        from grader.classroom.download import unpack_download

        unpack_download(folder, download)
        folder = download
    file: Path = arguments.roster or folder / ROSTER
    roster = open_roster(file) if arguments.roster or file.is_file() else Roster()
    return find_handins(folder, wanted=lab.wanted, roster=roster)


def _ask_engine() -> None:
    """Raise GraderError now, and once, if there is no engine."""
    from grader.engine import connect

    with closing(connect()):
        pass


def _sum_up(book: Gradebook, lab: Lab, arguments: Namespace, out: Path, language: Language) -> None:
    grades = book.grades(lab.name)
    files = write_exports(grades, out, formats=arguments.format, language=language)
    console = Console(highlight=False, emoji=False, markup=False)
    for line in summarize(grades, files, language=language):
        console.print(line, soft_wrap=True)


@contextmanager
def _locked(out: Path) -> Iterator[None]:
    """Keep the folder for one run at a time; the kernel gives it free whatever ends that."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(out, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as problem:
        why = str(problem.strerror)
        raise UsageError(NOT_WRITABLE.fill(path=str(out), problem=why)) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise UsageError(IN_USE.fill(path=str(out))) from None
    finally:
        os.close(descriptor)


def _note(path: Path, words: str) -> None:
    with path.open("a", encoding="utf-8", errors="backslashreplace") as file:
        file.write(words.rstrip() + "\n\n")


def _command(personal: str) -> str:
    from grader.command_line import PROGRAM

    return shlex.join([PROGRAM, *hide_secret(sys.argv[1:], personal)])


LEFT_OUT = Text("not taken for submissions: {names}", "以下内容不是提交，未处理：{names}")
OUTDATED = Text(
    "{count} results are of other checks or another seed. To grade these anew: --rerun changed",
    "{count} 个成绩来自另一版检查或另一个种子。要重新评分请加：--rerun changed",
)
GO_ON = Text(
    "What is graded is kept. To go on: {command}", "已完成的评分都已保存。继续请输入：{command}"
)
DISK_FULL = Text("there is no room left for {path}", "{path} 所在的磁盘已满")
NOTHING_YET = Text(
    "{path} has no results of {lab}. Name the submissions: --submissions DIR",
    "{path} 里没有 {lab} 的成绩。请指定提交目录：--submissions DIR",
)
NOT_WRITABLE = Text("{path} cannot be written: {problem}", "无法写入 {path}：{problem}")
IN_USE = Text(
    "Another run is writing into {path}. Wait for it, or name another folder with --out",
    "另一个评分进程正在写入 {path}。请等它结束，或者用 --out 指定其他目录",
)
