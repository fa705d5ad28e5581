"""Hopes to be collected as a check worth many points."""

import pytest
import trap


@pytest.mark.points(1000)
def test_forged():
    """Forged.
    伪造。
    """
