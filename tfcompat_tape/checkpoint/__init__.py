"""State on disk: TensorFlow's checkpoint format, and what restores objects from it."""
