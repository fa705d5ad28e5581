"""A report that was recorded on one day is the same on any other."""

from datetime import datetime, timedelta

import pytest

from repo.varying import without_varying

DAYS = [datetime(2026, 11, 28, 20, 59, 7) + timedelta(days=days) for days in range(400)]


@pytest.mark.parametrize(("begin", "first"), [("[", 0), ("…", 0), ("…", 1), ("…", 2), ("… ", 4)])
def test_day_does_not_matter(begin: str, first: int) -> None:
    """As time.ctime() writes it, whole or from its `first` byte on."""
    texts = {f'saw "{begin}{day.strftime("%a %b %e %T %Y")[first:]}] hello\\n"' for day in DAYS}
    assert len(texts) == len(DAYS)
    assert len({without_varying(text) for text in texts}) == 1
