"""Serves rightly: none of what lies beside it is for its own use."""

import right_server
