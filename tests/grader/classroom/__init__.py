"""Grading a class: its folder, the gradebook, the run, and what is written from it."""
