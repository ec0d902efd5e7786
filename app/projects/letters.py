"""What the support-end letter (支援終了通知) says. In the form of official letters; Japanese only."""

from __future__ import annotations

import re
from collections.abc import Collection

from app.calendar import era_date, era_fiscal_year
from app.correspondence.letters import compose
from app.correspondence.rendering import Item, LetterContent
from app.organisations.models import Organisation
from app.projects.models import Project

AFTERWARDS = (  # S4; domain.md §2
    (
        "再度の申請　同一の内容による支援の継続はできませんが、新たな技術の活用等により事業の高度化又は深化が"
        "図られる場合は、今後の募集に際し、新規の事業として改めて申請することができます。"
    ),
    (
        "地域実装協議会　貴団体の依頼により、各構成員の了承が得られた場合は、支援終了後も継続することができます。"
    ),
    "メールマガジン　貴団体が希望する場合は、支援終了後も引き続き配信します。",
    (
        "シンポジウム及びミニシンポジウム　支援終了後も開催の都度御案内しますので、可能な範囲で御参加等の御協力を"
        "お願いします。"
    ),
)


def support_end(project: Project, organisation: Organisation, *, others: Collection[str]) -> LetterContent:
    """The letter to one applicant body: support ends, nothing to do, and how the rest goes on (S4).

    A joint project's bodies get a letter each, and none names another: the project is told by its number, its
    fiscal year of selection and its technologies, and by its title unless that holds one of `others` (see
    `names_of_others`).
    """
    programme = project.call.programme.name
    selected_in, last = era_fiscal_year(project.call.selection_fy), era_fiscal_year(project.last_fy)
    ends_on = era_date(project.ends_on)
    return compose(
        form="通知",
        addressee=organisation.addressee,
        subject=f"{programme}に係る支援の終了について（通知）",
        body=[
            (
                f"{selected_in}に選定した下記1の事業については、{ends_on}をもって支援期間が満了し、"
                f"{programme}による支援を終了しますので、通知します。"
            ),
            (
                "支援の終了に当たり、貴団体において必要となる手続はありません。"
                "支援終了後の取扱いは下記4のとおりですので、御承知おき願います。"
            ),
        ],
        items=[
            Item("対象となる事業", _told_without(project, organisation, others)),
            Item("支援終了日", f"{ends_on}（{selected_in}から{last}まで）"),
            Item("必要な手続", "ありません。"),
            Item(
                "支援終了後の取扱い",
                "次の(2)の継続又は(3)の配信を希望する場合は、下記担当に御連絡ください。",
                AFTERWARDS,
            ),
        ],
    )


def names_of_others(
    organisation: Organisation, bodies: Collection[Organisation], known: Collection[str]
) -> set[str]:
    """The names that a letter to `organisation` must not hold.

    Those of the project's other `bodies`, also without 市, 町 and the like, as titles use them; and the full name
    of every local government in `known`.
    """
    others = {body.name for body in bodies if body.id != organisation.id}
    return (others | {_STEM.sub("", name) for name in others} | set(known)) - {organisation.name}


_STEM = re.compile(r"(?<=..)[都府県市区町村]$")  # 津市 keeps all of its name: 津 alone would match too much


def _told_without(project: Project, organisation: Organisation, others: Collection[str]) -> str:
    lines = [
        f"事業番号　{project.number}",
        f"選定年度　{era_fiscal_year(project.call.selection_fy)}",
    ]
    if project.title and not _names_one_of(others, project.title, organisation):
        lines.append(f"事業名　{project.title}")
    if project.technologies_raw:
        lines.append(f"主な活用技術　{project.technologies_raw}")
    return "\n".join(lines)


def _names_one_of(others: Collection[str], title: str, organisation: Organisation) -> bool:
    # 東大阪市 holds 大阪市: the addressee's own name is taken out before others' are looked for.
    rest = title.replace(organisation.full_name, "　").replace(organisation.name, "　")
    return any(name in rest for name in others)
