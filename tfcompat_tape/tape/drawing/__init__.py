"""What `tape.graph` draws, before it becomes text."""
