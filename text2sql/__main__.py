"""``text2sql`` is the command line."""

import sys

from text2sql.cli import main

if __name__ == "__main__":
    sys.exit(main())
