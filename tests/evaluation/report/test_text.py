import pytest

from tests.evaluation.conftest import GOLDS, score_all
from text2sql.databases import Catalog
from text2sql.evaluation import make_report
from text2sql.evaluation.comparison import compare_items
from text2sql.evaluation.report.text import comparison_text, report_text
from text2sql.spider import Example

_REPORT = """\
4 questions   in percent, with 95% bootstrap intervals

                    all                  easy (4)
------------------  ----  -------------  --------
string match        75.0  25.0 to 100.0  75.0
string match, fair  75.0  25.0 to 100.0  75.0
ROUGE-1             75.0  25.0 to 100.0  75.0
exact set match     75.0  25.0 to 100.0  75.0
execution match     75.0  25.0 to 100.0  75.0

with in the gold query  n  string match  string match, fair  ROUGE-1  exact set match  exe\
cution match
----------------------  -  ------------  ------------------  -------  ---------------  ---\
------------
no join                 3  66.7          66.7                66.7     66.7             66.7
1 join                  1  100.0         100.0               100.0    100.0            100.0

Outputs: invalid 1 (25.0%)

Problems
  The file is odd.\ufffd[31m"""
_COMPARISON = """\
new against old, 4 questions

                    before  after  change  fixed  broken  p
------------------  ------  -----  ------  -----  ------  -----
string match        75.0    75.0   +0.0        1       1  1.000
string match, fair  75.0    75.0   +0.0        1       1  1.000
exact set match     75.0    75.0   +0.0        1       1  1.000
execution match     75.0    75.0   +0.0        1       1  1.000

execution match  before  after  change  fixed  broken  p
---------------  ------  -----  ------  -----  ------  -----
easy             75.0    75.0   +0.0        1       1  1.000

Fixed: 1

4. Question 4? music
   gold    SELECT T1.name FROM singer AS T1 JOIN song AS T2 ON T1.id = T2.singer_id
   before  x\ufffd
   after   SELECT T1.name FROM singer AS T1 JOIN song AS T2 ON T1.id = T2.singer_id
   It does not run: Only reading is allowed here: a query starts with SELECT or WITH, not X.

Broken: 1

1. Question 1? music
   gold    SELECT name FROM singer
   before  SELECT name FROM singer
   after   y
   It does not run: Only reading is allowed here: a query starts with SELECT or WITH, not Y."""


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")


def test_a_report_fits_a_terminal(catalog: Catalog, examples: list[Example]) -> None:
    items = score_all(catalog, examples, ["nonsense", *GOLDS[1:]])
    assert report_text(make_report(items, ["The file is odd.\x1b[31m"])) == _REPORT


def test_a_comparison_lists_what_moved(catalog: Catalog, examples: list[Example]) -> None:
    before = score_all(catalog, examples, [*GOLDS[:3], "x\x1b"])
    after = score_all(catalog, examples, ["y", *GOLDS[1:]])
    found = compare_items(before, after)
    assert comparison_text(found, "old", "new", "execution", 1) == _COMPARISON
