"""What an application for an extension asks (継続申請書): why, what the base years have come to, what the added years are for.

The form of a call is begun when the first body of the call applies. Source of the questions: [I], by the FY2025 call and domain.md §2, §6.
"""

from __future__ import annotations

from app.questions.composing import ask, column, section, table, text
from app.questions.definition import Definition, Section

REASONS, RESULTS, PLAN, TARGETS, FILES = "reasons", "results", "plan", "targets", "files"
YEARS = "years"


def default_form(most_years: int) -> Definition:
    """`most_years`: how many the call offers at most."""
    return Definition((_reasons(most_years), _results(), _plan(), _targets(), _files()))


def years_asked(value: object) -> int | None:
    """2 of the answer 「2年間」."""
    digits = str(value or "").removesuffix("年間")
    return int(digits) if digits.isascii() and digits.isdecimal() else None


def _reasons(most_years: int) -> Section:
    return section(
        REASONS, "継続の理由", "Reasons",
        ask(YEARS, "one_choice", "継続を希望する期間", "Years asked for", choices=[f"{year}年間" for year in range(1, most_years + 1)]),
        text(
            REASONS, "支援の継続を必要とする理由", "Why support has to go on", 1000, "",
            guidance=("当初の支援期間内に完了しない理由と、継続により何が可能になるかをお書きください。", "Why the base years do not suffice, and what the added years make possible."),
        ),
    )  # fmt: skip


def _results() -> Section:
    return section(
        RESULTS, "当初の支援期間の成果", "Results of the base years",
        text(RESULTS, "取組の成果と課題", "What was achieved, and what was not", 2000, ""),
        table(
            "results-by-year", "年度ごとの取組と成果", "By fiscal year", "", 10,
            column("year", "年度", "Fiscal year", required=True),
            column("what", "取組", "What was done", required=True),
            column("result", "成果", "Result"),
            required=False,
        ),
    )  # fmt: skip


def _plan() -> Section:
    return section(
        PLAN, "継続する期間の計画", "Plan of the added years",
        text(PLAN, "取組の内容", "What will be done", 2000, ""),
        table(
            "plan-by-year", "年度ごとの計画", "By fiscal year", "", 10,
            column("year", "年度", "Fiscal year", required=True),
            column("what", "取組", "What will be done", required=True),
            column("who", "実施主体", "By whom"),
        ),
        text(
            "afterwards", "支援終了後の見通し", "After the end of support", 1000, "",
            guidance=("継続する期間の終了後に、取組をどのように自立して続けるかをお書きください。", "How the project goes on by itself afterwards."),
        ),
    )  # fmt: skip


def _targets() -> Section:
    rows = table(
        TARGETS, "継続する期間のKPI", "KPI targets of the added years", "", 30,
        column("name", "指標", "Indicator", required=True),
        column("now", "現状", "Now"),
        column("target", "目標", "Target", required=True),
        column("year", "達成年度", "By fiscal year", required=True),
        guidance=("値は単位を付けてお書きください（例：5,000人、80％）。", "Write values with their unit."),
    )  # fmt: skip
    return section(TARGETS, "KPIの目標", "KPI targets", rows)


def _files() -> Section:
    return section(
        FILES, "添付資料", "Files", ask(FILES, "file", "添付資料", "Files", required=False, most=10)
    )
