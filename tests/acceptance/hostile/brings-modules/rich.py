"""Hopes to be imported in the place of the rich that the grader means."""

import trap
