"""What a report asks, by domain.md §3 and §4: the year, its troubles, what comes next. What is on record is not asked (known.py)."""

from __future__ import annotations

from typing import Any

from app.questions.composing import ask, column, section, table
from app.questions.definition import Definition
from app.reports.models import FINAL

INITIATIVES, PROBLEMS, STEPS = "initiatives", "problems", "steps"  # tables with lines that are filled in
SUPPORT = (
    "規制・制度に関する相談",
    "関係府省庁との調整",
    "交付金・補助金等の情報",
    "技術に関する助言",
    "他の選定団体との交流",
    "広報・横展開",
    "特になし",
)


def report_form(kind: str) -> Definition:
    """The form that reports of a kind begin with. A final report asks what an annual one does, and looks back."""
    if kind == FINAL:
        return Definition((_year(), _troubles(), _whole(), _afterwards(), _wishes(), _documents()))
    return Definition((_year(), _troubles(), _next(), _wishes(), _documents()))


def _text(key: str, ja: str, en: str, most: int, **more: Any) -> Any:
    return ask(key, "long_text", ja, en, max_chars=most, rows=8, **more)


def _year() -> Any:
    rows = table(
        INITIATIVES, "個別取組の状況", "How the initiatives stand", "", 50,
        column("initiative", "個別取組", "Initiative", required=True),
        column("standing", "状況", "How it stands", "one_choice", choices=["計画どおり", "計画より早い", "計画より遅れ", "完了", "中止"]),
        column("done", "今年度に行ったこと", "What was done this year"),
        column("result", "成果", "Result"),
        required=False,
        guidance=("プロジェクトルームに登録された個別取組を入力してあります。", "The initiatives of the project room are filled in."),
    )  # fmt: skip
    progress = _text(
        "progress", "今年度の進捗", "Progress of the year", 2000,
        guidance=("計画に対してどこまで進んだかをお書きください。指標の実績値は「KPI」のページに入力してください。", "How far it has come against the plan. Actuals of indicators are entered on their own page."),
    )  # fmt: skip
    results = _text("results", "今年度の成果", "Results of the year", 2000)
    return section("year", "今年度の取組と成果", "The year and its results", rows, progress, results)


def _troubles() -> Any:
    rows = table(
        PROBLEMS, "課題の状況", "How the obstacles stand", "", 50,
        column("problem", "課題", "Obstacle", required=True),
        column("standing", "状況", "How it stands"),
        column("needed", "解決に必要なこと", "What is needed"),
        required=False,
        guidance=("伴走記録に登録された課題を入力してあります。", "The obstacles on record are filled in."),
    )  # fmt: skip
    words = _text("troubles", "課題とその対応", "Problems, and what is done about them", 2000)
    return section("troubles", "課題", "Problems", rows, words)


def _next() -> Any:
    steps = _steps("来年度の予定", "Steps of next year")
    plan = _text("plan", "来年度の計画", "Plan of next year", 2000)
    return section("next", "来年度の計画", "Plan of next year", steps, plan)


def _whole() -> Any:
    return section(
        "whole",
        "支援期間全体の取りまとめ",
        "The years of support as a whole",
        _text("achieved", "選定時の目標に対する達成状況", "What was achieved of what was aimed at", 2000),
        _text("effects", "地域の課題に対する効果", "Effects on the region's problem", 2000),
        _text("learnt", "他の地域の参考となること（横展開）", "What other regions can use", 2000),
    )


def _afterwards() -> Any:
    steps = _steps("今後の予定", "Steps to come", required=False)
    words = _text(
        "afterwards", "今後の取組（支援終了後又は継続後）", "What comes after", 2000,
        guidance=("支援が終了する場合は終了後、継続申請を行う場合は継続後の取組をお書きください。", "After the end of support, or with the further years that are asked for."),
    )  # fmt: skip
    return section("next", "今後の取組", "What comes after", steps, words)


def _steps(ja: str, en: str, required: bool = False) -> Any:
    return table(
        STEPS, ja, en, "", 60,
        column("what", "内容", "What", required=True),
        column("from", "開始", "From", "date"),
        column("until", "終了・期日", "Until, or the day", "date"),
        required=required,
        guidance=("プロジェクトルームの計画のうち、来年度に当たるものを入力してあります。", "The plan of the project room is filled in, as far as it is about next year."),
    )  # fmt: skip


def _wishes() -> Any:
    return section(
        "support",
        "希望する支援",
        "Support that is wished for",
        ask("support", "several_choices", "希望する支援", "Support", choices=[*SUPPORT]),
        _text("support_words", "具体的な内容", "What exactly", 1000, required=False),
    )


def _documents() -> Any:
    files = ask("documents", "file", "参考資料", "Documents", required=False, most=10)
    return section("documents", "参考資料", "Documents", files)
