"""The page: ``python app.py`` is ``text2sql serve``, under the name that a Space runs."""

import sys

from text2sql.cli import main

if __name__ == "__main__":
    sys.exit(main(["serve", *sys.argv[1:]]))
