"""Files as people have them become tables that can be asked, with a note of what was done."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.uploads.files_page import PAGE, page
from tests.uploads.people_files import FILES, PeopleFile
from text2sql.sandbox import run_query
from text2sql.uploads.importing import UploadedFile, import_files


@pytest.mark.parametrize("file", FILES, ids=[file.what for file in FILES])
def test_a_file_as_people_have_it_becomes_a_table_and_says_how(
    file: PeopleFile, tmp_path: Path, folder: Path
) -> None:
    path = tmp_path / "arrived"
    path.write_bytes(file.content())
    (imported,) = import_files([UploadedFile(file.name, path)], folder)
    result = run_query(imported.database, file.sql)
    assert (result.error, list(result.rows)) == (None, list(file.rows))
    unsaid = [words for words in file.notes if not any(words in note for note in imported.notes)]
    assert (unsaid, imported.notes if unsaid else ()) == ([], ())


def test_the_page_about_files_says_what_becomes_of_each() -> None:
    written = PAGE.read_text(encoding="utf-8")
    assert written == page(), "run python -m tests.uploads.files_page"
