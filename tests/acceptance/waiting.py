"""Waiting for a condition, with a limit."""

from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

LIMIT_S = 30.0  # far above what anything takes on a machine that does other work as well


def eventually(limit_s: float = LIMIT_S) -> Retrying:
    """Try a block again until its assertions hold; the last AssertionError is raised as it is.

    >>> for attempt in eventually():
    ...     with attempt:
    ...         assert condition()
    """
    return Retrying(
        retry=retry_if_exception_type(AssertionError),
        stop=stop_after_delay(limit_s),
        wait=wait_fixed(0.1),
        reraise=True,
    )
