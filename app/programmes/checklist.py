"""What the office looks at in each application to a call (確認項目): data of the call, kept by officers.

An item keeps its key while it is reworded; what was ticked keeps the words of then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from app.actors import Actor
from app.lifecycle import move, must_be_open
from app.programmes.models import Call

ITEMS_MAX = 30
DEFAULT = (  # of the eligibility and the rules of re-application that the sources tell (S4), and of what intake needs [I]
    {"key": "body", "label": "申請団体の要件", "help": "募集の対象となる地方公共団体である。"},
    {"key": "answers", "label": "必須の設問", "help": "全ての設問に、問われたことを答えている。"},
    {"key": "joint", "label": "共同申請団体", "help": "漏れや誤りがなく、代表団体の別が正しい。"},
    {"key": "files", "label": "添付資料の内容", "help": "開いて読むことができ、回答と食い違わない。"},
    {
        "key": "same",
        "label": "過去の選定事業との重複",
        "help": "支援を受けた事業と同じ内容ではない。再申請のときは、新しい技術による高度化・深化がある。",
    },
    {"key": "deadline", "label": "提出期限", "help": "提出期限までに到達している。"},
)


def default_checklist() -> list[dict[str, str]]:
    """What a new call begins with."""
    return [dict(item) for item in DEFAULT]


def change_checklist(call: Call, rows: Iterable[Mapping[str, Any]], *, actor: Actor, at: datetime) -> None:
    """Let the office look at these items from now on: label, help, and the key of one that was there.

    Also while applications are being checked. Raises NotAllowed for who may not, and once the results are decided.
    """
    must_be_open(call, "change_checklist", actor=actor, at=at)
    before = {item["key"]: item for item in call.checklist}
    items: list[dict[str, str]] = []
    for row in rows:
        used = {item["key"] for item in items}
        key = row.get("key")
        if key not in before or key in used:
            key = _new_key({*before, *used})
        items.append({"key": key, "label": row["label"], "help": row.get("help") or ""})
    if items != call.checklist:
        changes = {"items": [[item["label"] for item in those] for those in (call.checklist, items)]}
        call.checklist = items
        move(call, "change_checklist", actor=actor, at=at, changes=changes)


def _new_key(taken: set[str]) -> str:
    return next(key for number in range(1, 10_000) if (key := f"item{number}") not in taken)
