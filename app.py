"""The entry point of a Space: ``python app.py`` does the same as ``text2sql serve``."""

import sys

from text2sql.cli import main

if __name__ == "__main__":
    sys.exit(main(["serve", *sys.argv[1:]]))
