"""Messages and questions that the demo makes up: one of each kind that there is, marked as samples."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.applications.models import Application
from app.conversations import operations as conversations
from app.demo import people
from app.demo.call_content import MARK
from app.organisations.models import Tenure
from app.permissions import EDITOR, OFFICER
from app.programmes import clarifications
from app.programmes.models import Call

# question, answer, a better answer, why it was withdrawn
CLARIFICATIONS = (
    ("複数の地方公共団体で共同して申請することはできますか。", "できます。代表団体が申請し、共同提案者を申請書に記載してください。", "", ""),
    ("実施計画の添付資料に様式はありますか。", "ありません。", "様式の定めはありません。任意の形式の表で作成してください。", ""),
    ("提出後に内容を修正することはできますか。", "できません。", "", "補正の依頼があった場合は修正できるため、回答を改めます。"),
)  # fmt: skip
ASKED = "添付資料の実施計画は、年度ごとに分けて作成する必要がありますか。"


def load(call: Call, applications: Sequence[Application], *, at: datetime) -> None:
    """Written at `at`: an applicant and the office to each other, the body of a draft, the office first; and questions."""
    officer = people.holder_of(OFFICER)
    assert officer is not None
    for question, answer, better, reason in CLARIFICATIONS:
        made = clarifications.publish(call, question=f"{MARK}{question}", answer=answer, actor=officer, at=at)
        if better:
            clarifications.edit(made, question=made.question, answer=better, actor=officer, at=at)
        if reason:
            clarifications.withdraw(made, reason=reason, actor=officer, at=at)
    draft, *_others, answered, asked, _returned, accepted = applications
    _write(draft, None, "申請の前に伺います。町内会との共同の取組も対象になりますか。", 0, at)
    _write(answered, None, "実証の開始時期は、選定後に変更できますか。", 0, at)
    _read(answered, officer, at)
    _write(answered, officer, "変更できます。変更の理由をお知らせください。", 1, at)
    _write(asked, None, ASKED, 0, at)
    _write(accepted, officer, "参考資料として、運行区域の地図をお送りいただくことは可能ですか。", 0, at)


def _write(application: Application, officer: Tenure | None, text: str, number: int, at: datetime) -> None:
    """The office, or with no officer the body itself."""
    body = application.organisation
    who = officer or people.holder_of(EDITOR, body) or people.somebody_at(body, at)
    key = f"{who.person_id}-{number}"
    conversations.write(application, text=f"{MARK}{text}", key=key, actor=who, at=at)


def _read(application: Application, officer: Tenure, at: datetime) -> None:
    conversation = conversations.conversation_of(application)
    assert conversation is not None
    conversations.note_reading(conversation, actor=officer, at=at)
