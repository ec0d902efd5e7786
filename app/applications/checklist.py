"""The checklist of an application (確認項目): what its call has the office look at, ticked for each submission anew.

It holds nothing up: who accepts with items open is told which, and says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, bindparam, select

from app.actors import Actor
from app.applications.models import Application, Submission
from app.applications.office_models import OK, UNCHECKED, VERDICTS, Check
from app.db import db, held
from app.lifecycle import NotAllowed
from app.lifecycle.application import RETURNABLE
from app.seals import seal_of
from app.statements import records

DONE = (OK, "not_applicable")


@dataclass(frozen=True)
class Item:
    """One item as it stands for a submission; `before` is what was found in the submission before."""

    key: str
    label: str
    help: str
    check: Check | None = None
    before: str = UNCHECKED

    @property
    def verdict(self) -> str:
        return self.check.verdict if self.check else UNCHECKED

    @property
    def is_open(self) -> bool:
        return self.verdict not in DONE


def checks_of(submissions: Iterable[Submission]) -> dict[int, list[Check]]:
    """Submission's id → what was ticked there, in one query."""
    found: dict[int, list[Check]] = defaultdict(list)
    ids = [it.id for it in submissions]
    for check in records(Check, "checks", _checks, {"of_these": ids}) if ids else ():
        found[check.submission_id].append(check)
    return found


def _checks() -> Select[Check]:
    asked = Check.submission_id.in_(bindparam("of_these", expanding=True))
    return select(Check).where(asked).order_by(Check.id)


def items_of(
    application: Application, shown: Submission | None, checks: Mapping[int, Sequence[Check]]
) -> list[Item]:
    """The call's items, and those that were ticked while the call still had them."""
    if shown is None:
        return []
    place = application.submissions.index(shown)
    ticked = {it.item: it for it in checks.get(shown.id, ())}
    earlier = application.submissions[place - 1].id if place else None
    before = {it.item: it.verdict for it in checks.get(earlier, ())} if earlier else {}
    items = [
        Item(
            it["key"], it["label"], it.get("help", ""), ticked.pop(it["key"], None), before.get(it["key"], "")
        )
        for it in application.call.checklist
    ]
    return items + [Item(it.item, it.label, "", it) for it in ticked.values() if it.verdict != UNCHECKED]


def open_items(applications: Sequence[Application]) -> dict[int, list[Item]]:
    """Application's id → the items of its last submission that are not found in order; one query for all."""
    last = {it.id: it.last_submission for it in applications}
    checks = checks_of(it for it in last.values() if it)
    return {
        it.id: [item for item in items_of(it, last[it.id], checks) if item.is_open] for it in applications
    }


def may_tick(application: Application, actor: Actor) -> bool:
    return actor.may("application.check", application) and application in RETURNABLE


def tick(
    application: Application,
    submission: Submission,
    verdicts: Mapping[str, str],
    *,
    actor: Actor,
    at: datetime,
) -> bool:
    """Keep what was found (item's key → verdict, or empty for what is unchecked again); whether anything was new.

    Raises NotAllowed unless it lies with the office to be checked, ValueError for what is no item or no verdict.
    """
    if not may_tick(application, actor):
        raise NotAllowed(application, "tick", "it is not being checked by this person")
    held(application)
    labels = {it["key"]: it["label"] for it in application.call.checklist}
    there = {it.item: it for it in checks_of([submission])[submission.id]}
    changes, found_now = {}, []
    for key, verdict in verdicts.items():
        if verdict not in (UNCHECKED, *VERDICTS) or key not in {*labels, *there}:
            raise ValueError(f"{verdict!r} at {key!r}")
        check = there.get(key)
        was = check.verdict if check else UNCHECKED
        if was == verdict:
            continue
        label = labels.get(key) or (check.label if check else "")
        found = {"label": label, "verdict": verdict, "checked_at": at, "checked_by": actor.name}
        if check is None:
            check = Check(submission_id=submission.id, item=key, created_at=at, **found)
            db.session.add(check)
        else:
            for name, value in found.items():
                setattr(check, name, value)
        changes[label] = [was, verdict]
        found_now.append(check)
    if changes:
        db.session.flush()
        facts = {"items": changes, "seals": {str(it.id): seal_of(it) for it in found_now}}
        application.record("checked", actor=actor, at=at, changes=facts, audience="office")
    return bool(changes)
