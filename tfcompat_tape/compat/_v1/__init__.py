"""What version 1 of TensorFlow has of its own: functions with other arguments, and what version 2 lacks."""
