"""What a lab's author types."""
