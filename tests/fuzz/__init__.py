"""Random programs, asked in several ways and of two libraries: see README.md."""
