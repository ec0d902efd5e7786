"""What a body may wish for the time after support (S4, domain.md §2): nothing of it is required."""

from __future__ import annotations

from app.questions.composing import ask, section, text
from app.questions.definition import Definition

WISHES = "wishes"
MAGAZINE, COUNCIL, INVITATION, REAPPLYING, REMARKS = (
    "magazine", "council", "invitation", "reapplying", "remarks",
)  # fmt: skip
OF_A_WISH = (MAGAZINE, COUNCIL, INVITATION, REAPPLYING)  # also the columns that lists ask
YES, NO, OPEN = "希望する", "希望しない", "未定"
THINKS_OF_IT, DOES_NOT = "検討している", "検討していない"


def wishes_form() -> Definition:
    return Definition(
        (
            section(
                WISHES, "支援終了後の希望", "Wishes for the time after support",
                ask(MAGAZINE, "one_choice", "メールマガジンの配信を続ける", "Keep the mail magazine", required=False, choices=[YES, NO, OPEN]),
                ask(
                    COUNCIL, "one_choice", "地域実装協議会を続ける", "Keep the council", required=False, choices=[YES, NO, OPEN],
                    guidance=("協議会の継続には、各構成員の了承が必要です。希望をいただいた後、内閣府の担当から御連絡します。", "A council continues when each of its members agrees. The office gets in touch with you."),
                ),
                ask(INVITATION, "one_choice", "シンポジウム等の案内を受ける", "Be invited to symposia", required=False, choices=[YES, NO, OPEN]),
                ask(
                    REAPPLYING, "one_choice", "再度の申請を検討している", "Think of applying again", required=False, choices=[THINKS_OF_IT, DOES_NOT, OPEN],
                    guidance=("同一の内容では申請できません。新たな技術の活用等による高度化又は深化が必要です。", "The same content cannot be supported again: it takes an upgrade by new technology."),
                ),
                text(REMARKS, "その他", "Anything else", 1000, "", required=False),
            ),
        )
    )  # fmt: skip


def meant(answer: str) -> bool | None:
    """Whether it is wished; None where nobody has said, or it is open."""
    return {YES: True, THINKS_OF_IT: True, NO: False, DOES_NOT: False}.get(answer)
