"""Benchmarks: a module for each, with LIMIT, ROUNDS and `measure(root, rounds)`."""
