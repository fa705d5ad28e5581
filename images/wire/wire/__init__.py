"""The wire: watches the conversation of a lab's two hosts and prints it as it happens."""
