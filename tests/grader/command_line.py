"""The words after scripts/grade."""

from __future__ import annotations

import os
from argparse import ArgumentParser, ArgumentTypeError, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from grader.usage import Parser

if TYPE_CHECKING:
    from grader.personal import Values

# Inside the lab's grader image the command that a person types is another one.
PROGRAM = os.environ.get("GRADE_COMMAND", "scripts/grade")

_DESCRIPTION = """\
Grade programs the way the teacher does: in fresh containers, against a peer that is not kind.
和老师一样批改：程序在全新的容器里运行，与它们通信的对端专挑难处下手。"""

_EXAMPLES = f"""\
examples · 例子
  {PROGRAM} lab1                               labs/lab1/programs
  {PROGRAM} lab1 --submission lab1.zip         a folder, a zip, a tar · 目录、zip、tar
  {PROGRAM} lab1 --check server-counts-bytes   one check, with those it requires · 一项检查
  {PROGRAM} lab1 --seed 42 --lang zh           the same chance again · 同样的随机过程
  {PROGRAM} lab1 --submissions DIR --out out   a class, with a report · 整个班级，并生成报告
  {PROGRAM} --clean                            remove all of graders · 全部清除

exit status · 退出状态
  0 all passed · 全部通过       1 checks failed · 有检查未通过
  2 wrong usage · 用法错误      3 the grader failed, no points taken · 评分程序出错，不扣分
  130 stopped by Ctrl-C; for a class the same command goes on · 被 Ctrl-C 中断，重复命令即继续"""

FORMATS = ("csv", "json", "html", "junit", "gradescope", "classroom50", "check50")


def read_arguments(words: Sequence[str] | None) -> Namespace:
    """Read the command; ends the process with status 2 and a usage line if it is wrong."""
    parser = Parser(
        prog=PROGRAM,
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    option = parser.add_argument
    option("lab", metavar="LAB", nargs="?", help="lab1, lab2, … · 实验名")
    option(
        "--submission",
        metavar="PATH",
        type=Path,
        help="what to grade: folder, zip, tar, file (default: labs/LAB/programs) · 要批改的内容",
    )
    option(
        "--check",
        metavar="NAME",
        action="append",
        default=[],
        help="only this check and those it requires; may be repeated · 只运行这项检查",
    )
    option("--keep-open", action="store_true", help="leave the hosts up to look around · 保留主机")
    option("--seed", metavar="N", type=int, help="replay the chance of a report · 重现随机过程")
    option("--lang", choices=("zh", "en"), help="language of the report · 报告语言")
    option("--hidden", metavar="DIR", type=Path, help="a folder of further checks · 隐藏检查")
    option(
        "--values",
        metavar="WORDS",
        type=_values,
        help='values of the student\'s own, "PORT TOKEN PAYLOAD" · 自己的专属参数',
    )
    option("--json", metavar="FILE", type=Path, help="the report for programs · 供程序读取的报告")
    option(
        "--clean",
        action="store_true",
        help="remove all that graders have, running ones included · 清除评分程序的一切",
    )
    option(
        "--debug",
        action="store_true",
        help="show the grader's own errors, and what hidden checks saw · 显示内部细节",
    )
    _add_class_options(parser)
    arguments = parser.parse_args(words)
    if arguments.clean == bool(arguments.lab):
        parser.error("name a lab, or say --clean · 请给出实验名，或者用 --clean")
    arguments.is_class = bool(arguments.submissions or arguments.out)
    for name in ("submission", "check", "keep_open", "json", "values"):
        if arguments.is_class and getattr(arguments, name):
            word = name.replace("_", "-")
            parser.error(f"--{word} is for one submission · --{word} 只用于单份提交")
    for name in ("jobs", "scheduler", "rerun", "roster", "personal"):
        is_used = arguments.submissions or (arguments.whoami and name in ("roster", "personal"))
        if getattr(arguments, name) and not is_used:
            parser.error(f"--{name} goes with --submissions · --{name} 要配合 --submissions")
    if arguments.whoami and (arguments.is_class or not arguments.personal):
        parser.error("--whoami goes with --personal alone · --whoami 只与 --personal 配合")
    if arguments.format and not arguments.is_class:
        parser.error("--format goes with --submissions or --out · --format 用于整个班级")
    return arguments


def _add_class_options(parser: ArgumentParser) -> None:
    option = parser.add_argument_group("a class · 整个班级").add_argument
    option(
        "--submissions",
        metavar="DIR",
        type=Path,
        help="a folder or archive for each student, or the zip of Moodle or Canvas · 全班的提交",
    )
    option(
        "--out",
        metavar="DIR",
        type=Path,
        help="for the gradebook and all files (default: LAB-grades); without --submissions only"
        " the files are written anew · 成绩册和报告的目录",
    )
    option("--roster", metavar="FILE", type=Path, help="id,name,group (roster.csv) · 班级名单")
    option(
        "--personal",
        metavar="SECRET",
        default="",
        help="each student has values of his own: a port, a token, a payload; @FILE and env:NAME"
        " keep the secret out of the shell's history · 每个学生的专属参数",
    )
    option(
        "--whoami",
        metavar="NAME",
        default="",
        help="print a student's values; all, with --roster: the class as CSV · 打印专属参数",
    )
    option("--jobs", metavar="N", type=_positive, help="submissions at once · 同时评分的份数")
    option("--scheduler", metavar="ADDRESS", default="", help="a running Dask cluster, tcp://…")
    option(
        "--rerun",
        metavar="WHICH",
        default="",
        help="grade again: failed, changed (other checks), all, or a student · 重新评分",
    )
    option(
        "--limit",
        metavar="SECONDS",
        type=_positive,
        default=300,
        help="for one submission (300) · 单份提交的时限",
    )
    option(
        "--format",
        metavar="NAME,…",
        type=_formats,
        default=(),
        help=f"{', '.join(FORMATS)} (default: the first three) · 输出格式",
    )


def _values(words: str) -> Values:
    """Read a student's values; ends the process with status 2 and what is wrong with them."""
    from grader.errors import UsageError
    from grader.personal import read_values

    try:
        return read_values(words)
    except UsageError as problem:
        raise ArgumentTypeError(f"{problem.text.en} · {problem.text.zh}") from None


def _positive(word: str) -> int:
    """Read a number from 1 on."""
    if not word.isdecimal() or int(word) < 1:
        raise ArgumentTypeError("a number from 1 on · 要大于 0 的整数")
    return int(word)


def _formats(words: str) -> tuple[str, ...]:
    """Read names of formats."""
    named = tuple(word.strip() for word in words.split(","))
    if not set(named) <= set(FORMATS):
        raise ArgumentTypeError(f"only {', '.join(FORMATS)} · 只有这些格式")
    return named
