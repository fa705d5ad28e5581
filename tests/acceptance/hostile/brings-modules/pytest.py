"""Hopes to be imported in the place of the pytest that the grader means."""

import trap
