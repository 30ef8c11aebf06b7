"""What is shared by the recording of TensorFlow and the tests: calls, what is put into them, and messages."""
