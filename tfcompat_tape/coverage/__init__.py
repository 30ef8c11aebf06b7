"""What of TensorFlow is here: in goes a name, and out comes what answers to it, or an error that says what to do.

`names` raises that error, `reasons` and `op_reasons` say why something is not here, `alternatives` what works in its
place. docs/coverage.md is written from them.
"""
