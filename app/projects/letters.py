"""What the support-end letter (支援終了通知) says. In the form of official letters; Japanese only."""

from __future__ import annotations

from datetime import timedelta

from app.calendar import era_date, era_fiscal_year
from app.correspondence.letters import compose
from app.correspondence.rendering import DEADLINE, MATTER, REPLY_DAY, Item, LetterContent
from app.lines import one_line, quoted
from app.organisations.models import Organisation
from app.organisations.names import named_together
from app.projects.models import Project

AFTERWARDS = (  # S4; domain.md §2
    (
        "再度の申請　同一の内容による支援の継続はできませんが、新たな技術の活用等により事業の高度化又は深化が"
        "図られる場合は、今後の募集に際し、新規の事業として改めて申請することができます。"
    ),
    (
        "地域実装協議会　貴団体の依頼により、各構成員の了承が得られた場合は、支援終了後も継続することができます。"
    ),
    "メールマガジン　貴団体が希望する場合は、引き続き配信します。",
    (
        "シンポジウム及びミニシンポジウム　支援終了後も開催の都度御案内しますので、可能な範囲で御参加等の御協力を"
        "お願いします。"
    ),
)


def support_end(project: Project, organisation: Organisation) -> LetterContent:
    """The letter to one applicant body: support ends, nothing to do, and how the rest goes on (S4).

    A joint project's bodies get a letter each, which names all of them. Issued after the end, it says that support
    has ended.
    """
    programme = project.programme.name
    first, last = era_fiscal_year(project.call.selection_fy), era_fiscal_year(project.last_fy)
    ends_on = era_date(project.ends_on)
    expires = f"{selected_as(project)}下記1の事業については、{ends_on}をもって支援期間が満了し、{programme}による支援を"
    nothing_to_do = (
        "支援の終了に当たり、貴団体において必要となる手続はありません。"
        "支援終了後の取扱いは下記4のとおりですので、御承知おき願います。"
    )
    return compose(
        about=project,
        form="通知",
        addressee=organisation.addressee,
        subject=f"{programme}に係る支援の終了について（通知）",
        body=[f"{expires}終了しますので、通知します。", nothing_to_do],
        past_from=project.ends_on + timedelta(days=1),
        past_body=[f"{expires}終了しましたので、通知します。", nothing_to_do],
        items=[
            Item("対象となる事業", matter(project), role=MATTER),
            Item("支援終了日", f"{ends_on}（{first}から{last}まで）"),
            Item("必要な手続", "ありません。"),
            Item(
                "支援終了後の取扱い",
                "(2)又は(3)を希望する場合は、下記5の期限までに御連絡ください。",
                AFTERWARDS,
            ),
            Item("協議会の継続等の連絡期限", f"{REPLY_DAY}17時（必着）", role=DEADLINE),
        ],
    )


CANCELLED_FOR = {
    "by_body": "貴団体からの申出によるもの",
    "not_carried_out": "事業の実施の取りやめによるもの",
    "not_eligible": "選定の要件を満たさなくなったことによるもの",
    "false_statement": "申請の内容に虚偽があったことによるもの",
    "other": "",
}


def cancellation(project: Project, organisation: Organisation) -> LetterContent:
    """To one body: support is cancelled, from when, on which ground (支援中止)."""
    assert project.cancelled_on is not None
    programme = project.programme.name
    ground = CANCELLED_FOR.get(project.cancel_ground, "")
    return compose(
        about=project,
        form="通知",
        addressee=organisation.addressee,
        subject=f"{programme}に係る支援の中止について（通知）",
        body=[
            (
                f"{selected_as(project)}下記1の事業については、下記3の理由により、{era_date(project.cancelled_on)}をもって"
                f"{programme}による支援を中止しましたので、通知します。"
            )
        ],
        items=[
            Item("対象となる事業", matter(project), role=MATTER),
            Item("支援を中止した日", era_date(project.cancelled_on)),
            Item("理由", "\n".join(filter(None, (ground, project.cancel_reason)))),
            Item("必要な手続", "ありません。"),
        ],
    )


def selected_as(project: Project) -> str:
    """By the programme's name of then, where it was another."""
    call = project.call
    selected_in, today = era_fiscal_year(call.selection_fy), call.programme.name
    if call.name_of_then == today:
        return f"{selected_in}に選定した"
    return f"{selected_in}に{call.name_of_then}（現在の{today}）の対象として選定した"


def matter(project: Project) -> str:
    """A project as a letter names it: number, bodies, title, technologies."""
    label, number = project.reference
    lines = [f"{label}　{number}"]
    if len(project.bodies) > 1:
        lines.append(f"共同提案団体　{named_together(project.bodies)}")
    if project.title:
        lines.append(f"事業名　{quoted(project.title)}")
    if project.technologies_raw:
        lines.append(f"主な活用技術　{one_line(project.technologies_raw)}")
    return "\n".join(lines)
