"""Hopes to be imported in the place of the testinfra that the grader means."""

import trap
