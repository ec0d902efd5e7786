"""Document numbers as they stand at the top right of a letter."""

import pytest

from app.correspondence.numbering import format_number


@pytest.mark.parametrize(
    ("fiscal_year", "sequence", "number"),
    [
        (2018, 1, "30未技第1号"),
        (2019, 1, "元未技第1号"),
        (2020, 7, "2未技第7号"),
        (2022, 1, "4未技第1号"),
        (2028, 120, "10未技第120号"),
    ],
)
def test_a_number_begins_with_the_year_of_the_era(fiscal_year, sequence, number):
    assert format_number(fiscal_year, sequence, "未技") == number


@pytest.mark.parametrize("sequence", [0, -1])
def test_numbers_begin_at_one(sequence):
    with pytest.raises(ValueError, match="begin at 1"):
        format_number(2022, sequence, "未技")
