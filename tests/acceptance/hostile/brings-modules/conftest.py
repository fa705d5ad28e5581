"""Hopes to be imported in the place of the conftest that the grader means."""

import trap
