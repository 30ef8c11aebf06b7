"""Linear operators: matrices given by their structure. One class a file; `base` says what they have in common."""
