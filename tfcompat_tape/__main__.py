"""``python -m tfcompat_tape``: the `tfcompat` command."""

import sys

from tfcompat_tape.porting.cli import main

if __name__ == "__main__":
    sys.exit(main())
