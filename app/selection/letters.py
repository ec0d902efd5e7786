"""The selection and non-selection letters (選定通知, 不選定通知). In the form of official letters; Japanese only."""

from __future__ import annotations

from app.calendar import era_date, era_fiscal_year
from app.correspondence.letters import compose
from app.correspondence.rendering import DEADLINE, MATTER, REPLY_DAY, Item, LetterContent
from app.lines import one_line, quoted
from app.organisations.models import Organisation
from app.organisations.names import named_together
from app.programmes.models import Call
from app.selection.models import Result

NEXT_STEPS = (
    "支援は、関係府省庁等を構成員に含む地域実装協議会を通じて行います。",
    "協議会の名称及び構成員の案を、下記5の期限までに、事業のページに登録してください。構成員には、就任の諾否を個別に照会します。",
    "構成員の了承が得られ次第、協議会を設置し、第1回の会合を開催してください。",
)


def letters_for(result: Result) -> list[tuple[Organisation, str, LetterContent]]:
    """What goes out about a result: body, kind of letter, and what it says; one to each body of the application."""
    kind, say = ("selection", selected) if result.selected else ("non-selection", not_selected)
    return [(body, kind, say(result, body)) for body in result.application.bodies]


def selected(result: Result, organisation: Organisation) -> LetterContent:
    """To each body of a selected application: fiscal year, period of support, and the council as the next step."""
    call = result.application.call
    programme, year = call.name_of_then, era_fiscal_year(call.selection_fy)
    announced = (
        f"{year}{programme}の募集に対して{_whose(result)}申請のあった下記1の事業については、"
        "審査の結果、支援の対象となる事業として選定しましたので、通知します。"
    )
    return compose(
        about=call,
        form="通知",
        addressee=organisation.addressee,
        subject=f"{year}{programme}の選定について（通知）",
        body=[
            announced,
            "ついては、下記4及び5により、地域実装協議会の設置に向けた準備を進めていただくようお願いします。",
        ],
        items=[
            Item("選定した事業", _told(result), role=MATTER),
            Item("選定年度", year),
            Item("支援期間", _period(call)),
            Item("地域実装協議会の設置", points=NEXT_STEPS),
            Item("協議会の案の登録期限", f"{REPLY_DAY}17時", role=DEADLINE),
            Item("留意事項", "支援は、財政上の措置を伴うものではありません。"),
        ],
    )


def not_selected(result: Result, organisation: Organisation) -> LetterContent:
    """To each body of an application that was not selected: the result and a summary of the reasons."""
    call = result.application.call
    programme, year = call.name_of_then, era_fiscal_year(call.selection_fy)
    announced = (
        f"{year}{programme}の募集に対して{_whose(result)}申請のあった下記1の事業については、"
        "審査の結果、選定しないこととしましたので、通知します。"
    )
    return compose(
        about=call,
        form="通知",
        addressee=organisation.addressee,
        subject=f"{year}{programme}の選定結果について（通知）",
        body=[announced],
        items=[
            Item("申請のあった事業", _told(result), role=MATTER),
            Item("審査の結果", "不選定"),
            Item("理由の概要", result.reasons),
            Item("今後の申請", "今後の募集において改めて申請することを妨げるものではありません。"),
        ],
    )


def _whose(result: Result) -> str:
    return "貴団体ほかから共同で" if result.application.joint_applicants else "貴団体から"


def _told(result: Result) -> str:
    application = result.application
    other = [one_line(application.technologies_other)] if application.technologies_other else []
    technologies = "、".join([*application.technologies, *other])
    lines = [f"受付番号　{application.number}"]
    if application.joint_applicants:
        lines.append(f"共同提案団体　{named_together(application.bodies)}")
    lines.append(f"事業名　{quoted(application.submitted_title)}")
    if technologies:
        lines.append(f"主な活用技術　{technologies}{'等' if application.technologies_etc else ''}")
    return "\n".join(lines)


def _period(call: Call) -> str:
    """Counted from the selection fiscal year, to 31 March (S4); and how long it can be made on application."""
    first = era_fiscal_year(call.selection_fy)
    last = era_fiscal_year(call.last_fy_with(0))
    text = f"{first}から{last}まで（支援終了日　{era_date(call.base_end)}）"
    if call.extension_years:
        text += (
            "\nなお、支援期間の最終年度に継続の申請を行い、認められた場合は、"
            f"最長で{era_date(call.maximum_end)}まで延長することができます。"
        )
    return text
