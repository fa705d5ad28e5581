from measure.comparison import Comparison


def test_the_ratio_is_of_medians_against_the_sum_of_steps() -> None:
    comparison = Comparison(
        ours="ours", ours_s=[9.0, 3.0, 2.0], bare_s={"a": [1.0, 1.0, 7.0], "b": [2.0]}, limit=1.0
    )
    assert comparison.bare_medians_s == {"a": 1.0, "b": 2.0}
    assert comparison.ratio == 1.0
    assert comparison.is_within_limit


def test_over_the_limit() -> None:
    assert not Comparison(ours="", ours_s=[2.6], bare_s={"a": [2.0]}, limit=1.25).is_within_limit
