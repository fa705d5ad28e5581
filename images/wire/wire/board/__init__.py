"""The board: shows in a browser what the wires of all labs have seen."""
