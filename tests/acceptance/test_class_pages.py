"""The report of a class in a real browser, opened from disk as a teacher opens it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from grader.classroom.exports import write_exports
from grader.classroom.words import file_name
from machine.browser import installed
from unit.classroom.samples import LOST, NASTY, PACKETS, ROWS, WIRED, grades

DESKTOP = {"width": 1200, "height": 900}
PHONE = {"width": 375, "height": 700}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("class")
    (index,) = write_exports(grades(), out, formats=("html",), language="en")
    return index


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = installed()
    assert path, "scripts/setup --tests installs a browser"
    with sync_playwright() as playwright:
        # As root there is no sandbox; what is opened here is our own file.
        opened = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(params=["desktop", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser, report: Path) -> Iterator[Page]:
    """The class page; whatever the console says at any time fails the test."""
    opened = browser.new_page(viewport=PHONE if request.param == "phone" else DESKTOP)  # type: ignore[arg-type]
    said: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("dialog", lambda dialog: said.append(f"a dialog: {dialog.message}"))
    opened.goto(report.as_uri())
    yield opened
    opened.close()
    assert said == []


def students(page: Page) -> list[str]:
    rows = page.locator("#students tbody tr:visible td:first-child")
    return [text.split("\n")[0].split("  ")[0].strip() for text in rows.all_inner_texts()]


def is_within_its_width(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_sorted_filtered_and_read(page: Page) -> None:
    assert len(students(page)) == len(ROWS)
    assert is_within_its_width(page)
    points = page.locator("#students th button").nth(1)
    points.click()
    fewest_first = students(page)
    points.click()
    assert students(page)[0] == "张三"
    assert fewest_first[-1] != students(page)[-1]
    page.locator("#words").fill("server-answers")
    assert students(page) == [LOST.student]
    page.locator("#words").fill("")
    page.locator("#kind").select_option("error")
    assert set(students(page)) == {"spoilt", "half", "waiting"}
    page.locator("#kind").select_option("missing")
    assert students(page)[0].startswith("nobody")


def test_a_student_s_page_and_both_languages(page: Page) -> None:
    page.get_by_role("link", name=LOST.student, exact=True).click()
    assert page.url.endswith(f"{file_name(LOST.student)}.html")
    assert page.locator("h1").inner_text() == LOST.student
    failed = page.locator("article.failed").first
    assert NASTY in failed.locator("dd").first.inner_text()
    assert failed.locator(".exchange tbody tr").count() == 4
    assert page.locator("h3 .points").all_inner_texts() == ["0/1", "0/1", "0/1"]
    assert is_within_its_width(page)
    assert page.get_by_text("实际").is_hidden()
    page.get_by_role("button", name="中文").click()
    assert failed.get_by_text("实际", exact=True).is_visible()
    page.locator("nav a").click()
    assert len(students(page)) == len(ROWS)


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_packets_are_arrows_from_lane_to_lane(
    browser: Browser, tmp_path: Path, size: dict[str, int]
) -> None:
    write_exports(grades(WIRED), tmp_path, formats=("html",), language="zh")
    page = browser.new_page(viewport=size)  # type: ignore[arg-type]
    page.goto((tmp_path / "html" / "students" / "wired.html").as_uri())
    heads = [head.bounding_box() for head in page.locator(".exchange th").all()][1:]
    assert page.locator(".exchange th").all_inner_texts()[1:] == ["client", "peer", "server"]
    assert page.locator(".exchange tbody tr").count() == len(PACKETS) + 1
    middles = [box["x"] + box["width"] / 2 for box in heads if box]
    arrows = [arrow.bounding_box() for arrow in page.locator(".packet b").all()]
    ends = [(box["x"], box["x"] + box["width"]) for box in arrows if box]
    between = [(middles[0], middles[2])] * 3 + [(middles[1], middles[2])] * 2
    assert ends == [pytest.approx(each, abs=4) for each in between]
    tips = [tip.bounding_box() for tip in page.locator(".packet b i").all()]
    sides = [box["x"] > sum(end) / 2 for box, end in zip(tips, ends, strict=True) if box]
    assert sides == [True, False, True, True, False]
    assert page.locator(".packet").nth(2).inner_text().startswith("PSH-ACK")
    assert "丢失" in page.locator(".packet").nth(2).inner_text()
    assert is_within_its_width(page)
    page.close()
