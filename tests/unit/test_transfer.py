import io
import re

from rich.console import Console

from measure.transfer import Speeds


def text_of(speeds: Speeds) -> str:
    output = io.StringIO()
    Console(file=output, width=100).print(speeds.table())
    return output.getvalue()


def test_the_ratio_is_of_medians() -> None:
    speeds = Speeds(reference=[1.0, 900.0, 800.0], iperf3=[1000.0, 1000.0, 5.0], loop=[50.0])
    assert speeds.ratio == 0.8
    assert speeds.is_within_limit


def test_below_the_limit() -> None:
    speeds = Speeds(reference=[790.0], iperf3=[1000.0], loop=[50.0])
    assert not speeds.is_within_limit
    assert "BELOW" in text_of(speeds)


def test_each_way_stands_beside_iperf3() -> None:
    drawn = text_of(Speeds(reference=[1800.0], iperf3=[2000.0], loop=[100.0]))
    rows = re.findall(
        r"(iperf3, one stream|reference, to a file|loop, to a file)\D+([\d,]+)\D+(\S+)", drawn
    )
    assert rows == [
        ("iperf3, one stream", "2,000", "1.00"),
        ("reference, to a file", "1,800", "0.90"),
        ("loop, to a file", "100", "0.05"),
    ]
