"""The form of one section, made of the fields of its questions' kinds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from flask import request
from flask_babel import gettext as _
from wtforms import FieldList, FormField

from app.questions.definition import Condition, Definition, Question, Section, asked_now
from app.questions.kind import Unreadable, Upload
from app.questions.models import Response
from app.web.access import only_reads
from app.web.forms import LONGEST_LINE, Form, VersionField
from app.web.i18n import sentence_of

NOT_ANSWERS = {"csrf_token", "for_now", "next"}  # what a page sends beside its entries


class SectionForm(Form):
    """The base of every section's form: `version` is the section's, `form_version` the number of the form's version."""

    version = VersionField()
    form_version = VersionField()

    form: Definition
    section: Section
    response: Response | None = None  # none in a preview
    file_url: Callable[[int], str] | None = None  # where a received file is to be had, by its id
    stored: Mapping[str, Any]
    values: dict[str, Any]  # key → value of what was entered, once it was read

    def read(self) -> bool:
        """Read each entry as its question takes it, into `values`; False when one cannot be read, which its field tells."""
        self.values = {}
        for question in self.section.questions:
            asked = question.asked
            entries = {name: self[name].data for name in asked.names}
            if any(_broken(self[name]) for name in asked.names):
                continue
            before = self.stored.get(question.key, asked.empty)
            try:
                self.values[question.key] = asked.parse(asked.gather(entries, before))
            except Unreadable as problem:
                self._tell(problem, asked.names[0])
        self._refuse_strangers()
        return not self.refuses()

    def _refuse_strangers(self) -> None:
        """An answer to what this section does not ask was made on another page: it is told, with what it held."""
        for name, text in request.form.items():
            if name in self or name in NOT_ANSWERS or any(name.startswith(f"{it.name}-") for it in self):
                continue
            if text.strip():
                sentence = _(
                    "This page does not ask for “%(name)s”, so nothing was saved. It held: %(text)s",
                    name=name[:60],
                    text=text[:LONGEST_LINE],
                )
                first = self[self.section.questions[0].asked.names[0]]
                first.process_errors = [*first.process_errors, sentence]

    @property
    def received(self) -> list[Upload]:
        """The files that came with the entries."""
        lists = (value for value in self.values.values() if isinstance(value, list))
        return [it for value in lists for it in value if isinstance(it, Upload)]

    def begin_anew(self, response: Response) -> None:
        """What was sent has been kept: the page goes on from there, with what is still wrong."""
        self.version.data, self.version.raw_data = response.version_of(self.section.key), None
        for question in self.section.questions:
            value = response.value_of(question.key)
            question.asked.prepare(self, value)
            for name, entry in question.asked.entries(value).items() if question.asked.sends_files else ():
                self[name].data = entry

    def refuses(self) -> list[Any]:
        """As of every form; also what stands in the rows of a table."""
        refused = [field for field in self if _broken(field)]
        for field in refused:
            field.errors = list(dict.fromkeys(str(error) for error in _broken(field)))
        return refused

    def entry_of(self, key: str) -> str:
        """The name of the entry on this page that answers the question; empty when it stands elsewhere."""
        return next((f"{self._prefix}{it.name}" for it in self.section.questions if it.key == key), "")

    def sent_for(self, condition: Condition) -> list[str]:
        """What the entry that it depends on sends while the question is asked: for the script of the page."""
        other = self.form.questions[condition.question]
        return [other.asked.sent_for(choice) for choice in condition.answers]

    def condition_in_words(self, question: Question) -> str:
        return condition_in_words(self.form, question)

    def _tell(self, problem: Unreadable, name: str) -> None:
        field = self[problem.entry if problem.entry in self else name]
        field.process_errors = [*field.process_errors, sentence_of(problem)]

    def mark(self, entry: str, sentence: str) -> None:
        """Say at the entry with this name, or at the first of the section, what is wrong."""
        names = [name for question in self.section.questions for name in question.asked.names]
        field = self[entry if entry in self else next((it for it in names if entry.startswith(it)), names[0])]
        field.errors = [*field.errors, sentence]


def section_form(response: Response, section: Section) -> SectionForm:
    """The form as it is sent, or filled from what is answered."""
    made = form_of(section, response.values)
    made.form, made.response = response.form, response
    if only_reads():
        made.version.data = response.version_of(section.key)
        made.form_version.data = response.version.number
    return made


def form_of(section: Section, values: Mapping[str, Any], *, prefix: str = "") -> SectionForm:
    """The fields of a section, whoever answers it; `prefix` where they stand beside the form of a page."""
    fields = {
        name: field for question in section.questions for name, field in question.asked.fields().items()
    }
    filled = {
        name: entry
        for question in section.questions
        for name, entry in question.asked.entries(values.get(question.key, question.asked.empty)).items()
    }
    made = type(f"SectionForm_{section.key}", (SectionForm,), fields)(
        data=filled, **({"formdata": None, "prefix": prefix} if prefix else {})
    )
    made.section, made.stored = section, values
    for question in section.questions:
        question.asked.prepare(made, values.get(question.key, question.asked.empty))
    return made


def shown_questions(response: Response, form: SectionForm) -> set[str]:
    """The keys of the section's questions that its page shows: those asked now, and those that an answer on the same
    page may bring up."""
    values = {**response.values, **getattr(form, "values", {})}
    asked, here = asked_now(response.form, values), {it.key for it in form.section.questions}
    return {
        it.key
        for it in form.section.questions
        if it.key in asked or (it.condition is not None and it.condition.question in here)
    }


def names_of_entries(form: SectionForm) -> dict[str, tuple[str, type]]:
    """Name of an entry → its label and the kind of its field; of the rows of a table as `table-#-column`."""
    found: dict[str, tuple[str, type]] = {}
    for field in form:
        found[field.name] = (field.label.text, type(field))
        for row in getattr(field, "entries", [])[:1]:
            for cell in row.form:
                label = f"{field.label.text} {cell.label.text}"
                found[cell.name.replace("-0-", "-#-", 1)] = (label, type(cell))
    return found


def condition_in_words(form: Definition, question: Question) -> str:
    """Upon which answer a question is asked, for whoever fills in the page."""
    condition = question.condition
    assert condition is not None  # else it is always asked
    other = form.questions[condition.question]
    question_label = str(other.label)
    answers = "、".join(other.asked.shown_choice(it) for it in condition.answers)
    if len(condition.answers) > 1:
        return _(
            "Only if “%(question)s” is answered with any of: %(answers)s.",
            question=question_label,
            answers=answers,
        )
    return _(
        "Only if “%(question)s” is answered with: %(answers)s.", question=question_label, answers=answers
    )


def hidden_sentence(form: Definition, question: Question) -> str:
    """Why an answer is not taken, for its field."""
    return _(
        "This is not asked now, so it was not saved: leave it empty, or change the answer that it depends on. %(when)s",
        when=condition_in_words(form, question),
    )


def _broken(field: Any) -> list[Any]:
    """The errors of an entry that cannot be kept even for now, at whatever depth."""
    return list(_errors(field))


def _errors(field: Any) -> Iterator[Any]:
    yield from getattr(field, "process_errors", ())
    if isinstance(field, FieldList):
        for entry in field.entries:
            yield from _errors(entry)
    elif isinstance(field, FormField):
        for inner in field.form:
            yield from _errors(inner)
