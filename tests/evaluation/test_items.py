import pytest

from text2sql.errors import DataError
from text2sql.evaluation import DEFAULT_METRICS, METRICS, check_metrics


def test_metrics_are_chosen_by_name_and_come_in_one_order() -> None:
    assert check_metrics("execution, string_match") == ("string_match", "execution")
    assert check_metrics("all") == METRICS
    assert check_metrics(",".join(DEFAULT_METRICS)) == DEFAULT_METRICS


@pytest.mark.parametrize(("names", "named"), [("execution,exact", "'exact'"), (" , ", "' , '")])
def test_a_metric_that_is_none_is_an_error_that_lists_them(names: str, named: str) -> None:
    with pytest.raises(DataError) as caught:
        check_metrics(names)
    assert str(caught.value) == (
        f"There is no metric {named}; choose from string_match, fair_string_match, rouge1, "
        "exact_set, execution, execution_extra, test_suite, bird_execution, soft_f1, r_ves or all."
    )
