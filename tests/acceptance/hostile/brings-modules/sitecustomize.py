"""Hopes to be imported in the place of the sitecustomize that the grader means."""

import trap
