"""Benchmarks: a module for each, with ROUNDS and `measure(root, rounds)`; a result has a table."""
