"""What an application says, as plain values: of a draft as it stands, or as it was frozen, in either scheme.

Scheme 2 holds the sections of the form, each answer with the words of its question. Scheme 1, of before there were
forms in versions, names title, summary and the others one by one; it is read as if it had been frozen in sections.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from app.lifecycle import N_
from app.programmes.form import FILES, JOINT, NEEDED, OWN, SUMMARY, TECHNOLOGY, TITLE
from app.questions.content import AnsweredContent
from app.questions.definition import in_both
from app.questions.freezing import answers_in
from app.questions.freezing import content_of as answers_of
from app.seals import canonical

if TYPE_CHECKING:
    from app.applications.models import Application
    from app.organisations.models import Organisation

NO_BODIES: dict[str, Any] = {"bodies": [], "complete": True}


def content_of(application: Application) -> dict[str, Any]:
    """The application word for word, as plain values."""
    return {
        "call": {"code": application.call.code, "title": application.call.title},
        "lead": named(application.organisation),
        **answers_of(application.answered),
    }


def fingerprint(application: Application) -> str:
    """The hash of what the application says now: shows whether the approver has read what is submitted."""
    return hashlib.sha256(canonical(content_of(application))).hexdigest()


def named(organisation: Organisation) -> dict[str, str | None]:
    """A body as it is frozen: by its code, and its name of then."""
    return {"code": organisation.code, "name": organisation.full_name}


class Content(AnsweredContent):
    """The content of a submission, or what `content_of` makes of a draft, whichever scheme it has."""

    @cached_property
    def in_sections(self) -> Mapping[str, Any]:
        """The plain content in sections."""
        return (
            self.plain
            if "sections" in self.plain
            else {**self.plain, "sections": list(_sections_of_1(self.plain))}
        )

    @property
    def call(self) -> dict[str, str]:
        return dict(self.plain["call"])

    @property
    def lead(self) -> dict[str, Any]:
        return dict(self.plain["lead"])

    @property
    def title(self) -> str:
        return str(self.values.get(TITLE, ""))

    @property
    def summary(self) -> str:
        return str(self.values.get(SUMMARY, ""))

    @property
    def joint_applicants(self) -> list[dict[str, Any]]:
        return list(self.values.get(JOINT, NO_BODIES)["bodies"])

    @property
    def consents(self) -> list[dict[str, Any]]:
        """How each joint applicant consented to what was handed in: see consents.py. None where the call asks for none."""
        return [{**it, "at": datetime.fromisoformat(it["at"])} for it in self.plain.get("consents", ())]

    @property
    def answers(self) -> list[tuple[str, str]]:
        """(question, answer) of what this call asked, beyond what no application can do without."""
        return [
            (str(answer.label), answer.text)
            for answer in answers_in(self.in_sections)
            if answer.key not in NEEDED and answer.key != FILES
        ]


def _sections_of_1(plain: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    technologies = {
        "names": plain["technologies"],
        "etc": plain["technologies_etc"],
        "other": plain["technologies_other"],
    }
    joint = {**NO_BODIES, "bodies": plain["joint_applicants"]}
    yield _section(
        "basics",
        N_("Title and summary"),
        _answer(TITLE, "short_text", N_("Title of the project"), plain["title"]),
        _answer(SUMMARY, "long_text", N_("Summary"), plain["summary"]),
    )
    asked = _answer(TECHNOLOGY, "technologies", N_("Technologies"), technologies)
    yield _section("technologies", N_("Future technologies"), asked)
    asked = _answer(JOINT, "local_governments", N_("Joint applicants"), joint)
    yield _section("joint-applicants", N_("Joint applicants"), asked, heading=N_("Applicants"))
    for one in plain["answers"]:
        own = {"key": f"{OWN}{one['question_id']}", "label": {"ja": one["question"]}}
        yield {
            **own,
            "heading": in_both(N_("Answers to the questions")).to_json(),
            "answers": [{**own, "kind": "long_text", "value": one["text"]}],
        }
    yield _section(
        "attachments", N_("Attachments"), _answer(FILES, "file", N_("Files"), plain["attachments"])
    )


def _section(key: str, label: str, *answers: dict[str, Any], heading: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {"key": key, "label": in_both(label).to_json(), "answers": list(answers)}
    return found | ({"heading": in_both(heading).to_json()} if heading else {})


def _answer(key: str, kind: str, label: str, value: Any) -> dict[str, Any]:
    return {"key": key, "kind": kind, "label": in_both(label).to_json(), "value": value}
