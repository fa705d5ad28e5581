"""A bad network on demand: what `impair loss 20%` does to the packets between a lab's hosts."""
