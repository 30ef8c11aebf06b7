"""The primitives, a family a file: kernel, gradient rule, and what the rule keeps."""
