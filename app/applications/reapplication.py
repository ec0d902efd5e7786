"""Applying again (再申請, domain.md §1): a body that has a supported or an ended project says what is new.

The draft then asks, in a section of its own, for the link to that project and the upgrade by new technology (高度化・深化). The
rules of the call are looked at in what the application says: each finding has its sentence, for the applicant before
submitting and for the office on the case. What refuses keeps the application from being handed in, unless an officer has
recorded an exception for the body (see exceptions.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any

from flask_babel import gettext as _

from app.applications.content import Content
from app.applications.exceptions import RuleException, exceptions_for
from app.applications.models import Application
from app.db import asked_once
from app.folding import fold
from app.lifecycle import N_
from app.organisations.models import Organisation
from app.programmes.form import SUMMARY, TECHNOLOGY, TITLE
from app.programmes.models import Call
from app.programmes.rules import OFF, REFUSE, RULES
from app.questions.answering import ask_further
from app.questions.definition import Condition, Question, Section, in_both
from app.questions.kind import Problem
from app.web.manifest import answer

SECTION, PROJECT, UPGRADE = "earlier-project", "reapplication_project", "reapplication_upgrade"
UPGRADE_MAX = 2000
UPGRADE_RULE = "rule_upgrade"
_NOTHING = N_("None of them: the content has nothing to do with an earlier project")
ALIKE = 0.9  # how much of two summaries is the same when they are essentially the same
COMPARED = 5000  # characters of a summary that are compared


@dataclass(frozen=True)
class EarlierProject:
    """A project of a body, as far as the rules ask for it. Given by the context of the projects, above."""

    id: int
    name: str  # by which it is chosen: its reference, title, lead and year, one line
    title: str
    summary: str  # of the application that it came from; empty where there was none here
    technologies: tuple[str, ...]
    is_active: bool
    bodies: tuple[int, ...]


@dataclass(frozen=True)
class Finding:
    """What a rule has found; `refuses` unless an exception is recorded."""

    rule: str
    msgid: str
    values: Mapping[str, Any]
    refuses: bool
    exception: RuleException | None = None

    @property
    def label(self) -> str:
        return _(RULES[self.rule].label)

    @property
    def keeps_back(self) -> bool:
        return self.refuses and self.exception is None


def projects_of(bodies: Sequence[Organisation]) -> list[EarlierProject]:
    """The supported and ended projects that any of these bodies takes part in, the newest first."""
    ids = tuple(sorted(body.id for body in bodies))
    return asked_once(("projects of bodies", ids), lambda: answer("projects of bodies")(ids))


def ask_again_if_needed(application: Application) -> None:
    """Ask for the link and the upgrade as long as a body of the draft has a project; with its bodies this may change."""
    projects = projects_of(application.bodies)
    ask_further(application.answered, [section_about(projects)] if projects else [])


def section_about(projects: Sequence[EarlierProject]) -> Section:
    names, nothing = list(dict.fromkeys(project.name for project in projects)), in_both(_NOTHING)
    link = Question(
        PROJECT,
        "one_choice",
        in_both(N_("Earlier project")),
        help=in_both(
            N_(
                "A body of this application has a project under the programme. Say which one this application goes on from; "
                "the same content cannot be supported again."
            )
        ),
        required=True,
        settings={"choices": [*names, nothing.ja], "english": {nothing.ja: nothing.en}},
        words={"missing": in_both(N_("Say from which earlier project it goes on, or from none of them."))},
    )
    upgrade = Question(
        UPGRADE,
        "long_text",
        in_both(N_("Upgrade by new technology")),
        help=in_both(N_("What is new in comparison with that project: technology, effect, area.")),
        condition=Condition(PROJECT, tuple(names)),
        settings={"max_chars": UPGRADE_MAX, "rows": 8},
    )
    return Section(SECTION, in_both(N_("Re-application")), (link, upgrade))


def as_rules_ask(application: Application, section: Section) -> Section:
    """The section with the upgrade marked as required where nothing can be handed in without it."""
    if section.key != SECTION or application.call.outcome_of(UPGRADE_RULE) != REFUSE:
        return section
    if any(it.rule == UPGRADE_RULE for it in exceptions_for(application.call, application.organisation)):
        return section
    questions = tuple(replace(it, required=it.required or it.key == UPGRADE) for it in section.questions)
    return replace(section, questions=questions)


def nothing_of_it() -> str:
    """The choice of who applies with something that has nothing to do with an earlier project."""
    return in_both(_NOTHING).ja


def findings_on_draft(application: Application) -> list[Finding]:
    """What the rules find in what is typed now."""
    values = application.answered.values
    technologies = values.get(TECHNOLOGY) or {}
    return _findings(
        application.call,
        application.bodies,
        application.organisation,
        title=values.get(TITLE, ""),
        summary=values.get(SUMMARY, ""),
        technologies=_names(technologies),
        linked=values.get(PROJECT, ""),
        upgrade=values.get(UPGRADE, ""),
    )


def findings_on(application: Application, submitted: Content) -> list[Finding]:
    """What they find in what was submitted, for the office; nothing where no body had a project then."""
    if submitted.section(SECTION) is None:
        return []
    return _findings(
        application.call,
        application.submitted_bodies,
        application.organisation,
        title=submitted.title,
        summary=submitted.summary,
        technologies=_names(submitted.values.get(TECHNOLOGY) or {}),
        linked=str(submitted.values.get(PROJECT) or ""),
        upgrade=str(submitted.values.get(UPGRADE) or ""),
    )


def rule_problems(application: Application) -> list[Problem]:
    """What keeps a draft from being handed in: the findings that refuse, each leading to where it is mended."""
    there = any(section.key == SECTION for section in application.answered.form.sections)
    found = []
    for finding in findings_on_draft(application):
        if finding.keeps_back:
            of_upgrade = finding.rule == UPGRADE_RULE and there
            section, anchor = (SECTION, UPGRADE) if of_upgrade else ("basics", TITLE)
            found.append(Problem(section, anchor, finding.msgid, dict(finding.values)))
    return found


def _findings(
    call: Call,
    bodies: Sequence[Organisation],
    lead: Organisation,
    *,
    linked: str,
    upgrade: str,
    **content: Any,
) -> list[Finding]:
    projects = projects_of(bodies)
    if not projects:
        return []
    raw = [
        *_without_upgrade(projects, linked, upgrade),
        *_same_content(projects, **content),
        *_active(projects, bodies),
    ]
    exceptions = {it.rule: it for it in exceptions_for(call, lead)} if raw else {}
    return [
        Finding(rule, msgid, values, call.outcome_of(rule) == REFUSE, exceptions.get(rule))
        for rule, msgid, values in raw
        if call.outcome_of(rule) != OFF
    ]


_Raw = tuple[str, str, dict[str, Any]]


def _without_upgrade(projects: Sequence[EarlierProject], linked: str, upgrade: str) -> Iterator[_Raw]:
    if upgrade.strip() or linked not in {project.name for project in projects}:
        return
    msgid = N_(
        "The application goes on from “%(project)s” and states no upgrade by new technology. Without one the same "
        "content would be supported again."
    )
    yield UPGRADE_RULE, msgid, {"project": linked}


def _same_content(
    projects: Sequence[EarlierProject], *, title: str, summary: str, technologies: set[str]
) -> Iterator[_Raw]:
    msgid = N_(
        "Title or summary are essentially those of “%(project)s”, and no technology is new. The same content cannot be supported "
        "again: change them so that they say what is new."
    )
    for project in projects:
        nothing_new = technologies <= set(project.technologies)
        if nothing_new and (_same(title, project.title) or _alike(summary, project.summary)):
            yield "rule_same_content", msgid, {"project": project.name}


def _active(projects: Sequence[EarlierProject], bodies: Sequence[Organisation]) -> Iterator[_Raw]:
    msgid = N_("%(body)s has a project under support: %(project)s")
    names = {body.id: body.full_name for body in bodies}
    for project in projects:
        if project.is_active:
            taking_part = [names[body_id] for body_id in names if body_id in project.bodies]
            yield "rule_active_project", msgid, {"body": "、".join(taking_part), "project": project.name}


def _same(one: str, other: str) -> bool:
    return bool(one.strip()) and _bare(one) == _bare(other)


def _alike(one: str, other: str) -> bool:
    one, other = _bare(one)[:COMPARED], _bare(other)[:COMPARED]
    if not one or not other:
        return False
    compared = SequenceMatcher(None, one, other, autojunk=False)
    return (
        compared.real_quick_ratio() >= ALIKE and compared.quick_ratio() >= ALIKE and compared.ratio() >= ALIKE
    )


def _bare(text: str) -> str:
    """Letters and digits alone, in one form: marks and spaces make no other content."""
    return "".join(sign for sign in fold(text) if sign.isalnum())


def _names(technologies: Mapping[str, Any]) -> set[str]:
    """Those chosen, and what was written beside them."""
    other = str(technologies.get("other") or "").strip()
    return {*technologies.get("names", ()), *([other] if other else [])}
