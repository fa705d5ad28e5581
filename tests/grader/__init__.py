"""The library that checks are written with: two hosts, a peer, steps, expectations, points."""
