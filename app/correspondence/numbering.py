"""The form of a document number: 4未技第1号 is the first letter of 令和4年度."""

from app.calendar import era_fiscal_year


def format_number(fiscal_year: int, sequence: int, mark: str) -> str:
    """30未技第1号, 元未技第1号, 4未技第1号: the year of the era, the office's mark, the number in the year.

    The era itself is left out, as the ministries do. Raises ValueError for a sequence below 1.
    """
    if sequence < 1:
        raise ValueError(f"document numbers begin at 1, not {sequence}")
    era_year = era_fiscal_year(fiscal_year)[2:].removesuffix("年度")
    return f"{era_year}{mark}第{sequence}号"
