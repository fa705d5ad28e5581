"""Hopes to be imported in the place of ours."""

import trap
