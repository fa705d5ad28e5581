"""Stands in the way of the socket module, as many a student's first program does."""

import os

with open(os.path.expanduser("~/socklab-was-here"), "a") as file:
    file.write("socket.py was imported\n")
