"""What the pages of a class hold, and that nothing of a submission is markup in them."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from grader.classroom.exchange import FIRST, LAST, exchange_of
from grader.classroom.overview import overview_of
from grader.classroom.pages import pages
from grader.conversation import draw_packets
from grader.language import same
from grader.steps import Step
from unit.classroom.samples import (
    GROUP,
    LOST,
    MISSING,
    NASTY,
    PACKETS,
    ROWS,
    STEPS,
    WHOLE,
    grades,
    row,
)
from unit.test_conversation import hosts, recorded


def written(language: str = "en") -> dict[str, str]:
    return {file.path: "".join(file.text) for file in pages(grades(), language)}  # type: ignore[arg-type]


class Tags(HTMLParser):
    """Counts tags, and looks whether they are closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]
        if tag not in ("meta", "link", "input", "rect"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag != "rect":
            assert self.open.pop() == tag


def test_there_is_a_page_for_each_submission() -> None:
    found = written()
    assert len(found) == 1 + len(ROWS) - 1
    assert "html/index.html" in found
    assert "html/students/张三.html" in found


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_of_a_submission_is_markup(language: str) -> None:
    for path, page in written(language).items():
        tags = Tags(page)
        assert tags.open == []
        assert tags.tags.count("script") == 1, path
        assert NASTY not in page
        assert "49]" not in page  # of {{7*7}}
        assert not [name for name in tags.attributes if name.startswith("on")]
        assert "http://" not in page
        assert "https://" not in page


def test_both_languages_are_in_each_page() -> None:
    page = written("zh")["html/index.html"]
    assert 'data-language="zh"' in page
    assert '<span class="en" lang="en">The server &lt;answers&gt;.</span>' in page
    assert '<span class="zh" lang="zh-CN">服务器会&lt;回复&gt;。</span>' in page


def test_what_turns_a_line_around_is_escaped() -> None:
    reversed_ = row("x", "unreadable", problem=same("a\u202eb"))
    index = next(pages(grades(reversed_), "en"))
    assert "\\u202e" in "".join(index.text)


def test_an_overview() -> None:
    overview = overview_of(grades())
    assert (overview.handed_in, overview.whole, overview.possible) == (7, 0, 3)
    assert [(each.column.name, each.lost) for each in overview.checks] == [
        ("server-answers", 1),
        ("hidden-one", 1),
        ("server-closes", 1),
    ]
    assert [bar.count for bar in overview.bars] == [1, 0, 2, 0]
    assert overview.names("missing") == ["N. O. Body"]
    assert overview.same_files == ((WHOLE.student, LOST.student, "spoilt", "half"),)
    assert overview.median_s == 1.5
    assert overview_of(grades(MISSING)).average is None


def test_many_points_share_bars() -> None:
    assert GROUP.report
    check = GROUP.report.checks[0]
    many = [type(check)(f"check-{n}", check.title, 5, "passed") for n in range(10)]
    report = type(GROUP.report)("lab1", "x", 1, tuple(many))
    bars = overview_of(grades(row("x", report=report))).bars
    assert (bars[0].label, bars[-1].label, bars[-1].count) == ("0–2", "48–50", 1)


def test_an_exchange_has_a_lane_for_each_host_and_arrows() -> None:
    exchange = exchange_of(STEPS)
    assert exchange.lanes == ("peer", "server")
    assert [line.lane for line in exchange.lines] == [1, 0, 0]
    assert [line.arrow for line in exchange.lines] == ["", "▶", "▶"]
    assert [line.at_s for line in exchange.lines] == [0.0, 0.25, 0.5]


def test_arrows_point_the_other_way_to_a_client() -> None:
    steps = [Step(0, "client", same("starts")), Step(1, "peer", same("receives 6 bytes"))]
    line = exchange_of(steps).lines[1]
    assert (line.arrow, line.is_arrow_first) == ("▶", True)
    assert exchange_of([*steps, Step(2, "server", same("x"))]).lines[1].arrow == ""


def test_packets_are_arrows_between_the_lanes_of_their_hosts() -> None:
    exchange = exchange_of(PACKETS)
    assert exchange.lanes == ("client", "peer", "server")
    drawn = [(line.lane, line.lanes, line.arrow, line.from_left) for line in exchange.lines]
    assert drawn == [
        (0, 1, "", True),
        (0, 3, "▶", True),
        (0, 3, "◀", False),
        (0, 3, "✕", True),
        (1, 1, "", True),
        (1, 2, "▶", True),
        (1, 2, "✕", False),
    ]
    lost = exchange.lines[3].what
    assert lost.en == 'PSH-ACK seq 1 ack 1 len 6 "hello\\n" <- lost'
    assert lost.zh.endswith("<- 丢失")


def test_packets_as_they_are_captured_need_no_lane_of_the_wire() -> None:
    steps = draw_packets(recorded(), names=hosts())
    exchange = exchange_of(steps)
    assert exchange.lanes == ("client", "server")
    assert {line.lanes for line in exchange.lines} == {2}
    assert {line.arrow for line in exchange.lines} == {"▶", "◀"}
    assert exchange.lines[0].what.en.startswith("SYN ")
    strange = exchange_of(draw_packets(recorded(), names={}))
    assert set(strange.lanes) == set(hosts())


def test_of_very_many_steps_the_first_and_the_last() -> None:
    steps = [Step(float(n), "peer", same(f"step {n}")) for n in range(1000)]
    lines = exchange_of(steps).lines
    assert len(lines) == FIRST + LAST + 1
    assert lines[FIRST].what.en == "… 920 more steps"
    assert lines[-1].what.en == "step 999"


def test_whose_values_a_program_has_is_on_the_class_s_page_alone() -> None:
    copied = replace(WHOLE, values_of="李四")
    index, own = pages(grades(copied), "en")
    assert "has the values of 李四" in "".join(index.text)
    assert "李四" not in "".join(own.text)
