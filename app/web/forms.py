"""The base of every form: input is mended where the meaning is certain, refused with a sentence where it is not."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from werkzeug.datastructures import ImmutableMultiDict
from wtforms import Field, HiddenField, IntegerField, PasswordField, SelectChoice, StringField, TextAreaField
from wtforms import Form as PlainForm
from wtforms.form import BaseForm
from wtforms.validators import DataRequired, Length, NumberRange, StopValidation, ValidationError

from app import calendar, lines
from app.web.i18n import sentence_of
from app.widths import TooLong, plain

LONGEST_LINE = 2000  # characters of an entry of one line that are read, and shown again
LONGEST_FACT = 300  # of a code, a number, an address, a date


class Beginning(str):
    """What is left of an entry of one line that nobody can have meant: its first LONGEST_LINE characters."""

    sent: int  # characters there were


def tidy(value: Any) -> Any:
    """Stray spaces around a text are taken off; line ends become one kind."""
    if not isinstance(value, str):
        return value
    if isinstance(value, Beginning):
        raise ValueError(
            _(
                "This is too long (%(sent)s characters). Only its first %(shown)s characters are shown here.",
                sent=f"{value.sent:,}",
                shown=f"{LONGEST_LINE:,}",
            )
        )
    return value.replace("\r\n", "\n").strip(" \t\n\u3000")


def half_width(value: Any) -> Any:
    """Full-width letters, digits and hyphens as they were meant: for codes, numbers, addresses, dates."""
    if not isinstance(value, str):
        return value
    try:
        mended = plain(tidy(value), most=LONGEST_FACT)
    except TooLong as problem:
        raise ValueError(
            ngettext(
                "Write at most %(max)s character here.",
                "Write at most %(max)s characters here.",
                LONGEST_FACT,
                max=LONGEST_FACT,
            )
        ) from problem
    return mended.translate(str.maketrans("‐‑–—−ー", "------")).strip()


NOT_ONE_LINE = {
    lines.BREAK: _l(
        "Line breaks cannot be used here. They were taken out below: look at the entry, then send it again."
    ),
    lines.DIRECTION: _l(
        "Invisible characters that turn the direction of writing cannot be used here. They were taken out below: "
        "look at the entry, then send it again."
    ),
}


def _plain(value: Any) -> Any:
    return lines.neutral(value) if isinstance(value, str) else value


def _on_one_line(value: Any) -> Any:
    if isinstance(value, Beginning):
        return value  # that it is no more than that is told by `tidy`
    return lines.one_line(value) if isinstance(value, str) else value


class _Bound:
    """How the fields of our forms are bound: what is typed into a box of several lines becomes neutral (app/lines.py);
    what is typed into one line too, and `_refusing` tells of it."""

    def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
        filters = list(unbound_field.kwargs.get("filters", []))
        kind = unbound_field.field_class
        if issubclass(kind, StringField):
            filters = [it for it in (_neutral_for(kind), tidy) if it and it not in filters] + filters
        return unbound_field.bind(form=form, **{**options, "filters": filters})

    def wrap_formdata(self, form: Any, formdata: Any) -> Any:
        """What was sent, as a form alone; each entry of one line as long as one may be."""
        sent = None if request.is_json else super().wrap_formdata(form, formdata)  # type: ignore[misc]
        if sent is None:
            return None
        of_one_line = {
            field.name
            for field in form
            if isinstance(field, StringField) and not isinstance(field, TextAreaField)
        }
        entries = list(sent.items(multi=True))
        if not any(name in of_one_line and _is_too_long(value) for name, value in entries):
            return sent
        return ImmutableMultiDict(
            (name, _beginning(value) if name in of_one_line and _is_too_long(value) else value)
            for name, value in entries
        )


def _neutral_for(kind: type) -> Any:
    if issubclass(kind, PasswordField):
        return None  # nobody sees it, and it must stay what it is; a line break in it is refused all the same
    return _plain if issubclass(kind, TextAreaField) else _on_one_line


class _Refusing:
    """A line break or a control of direction in a text of one line is refused as soon as the entries are read.

    No browser sends one from such a field, so somebody made the request by hand, or pasted what they cannot see: the
    field tells it and holds the entry without.
    """

    def process(self, formdata: Any = None, *args: Any, **kwargs: Any) -> None:
        super().process(formdata, *args, **kwargs)  # type: ignore[misc]
        for field in self:  # type: ignore[attr-defined]
            if isinstance(field, StringField) and not isinstance(field, TextAreaField):
                faults = [
                    lines.fault_of(tidy(sent))
                    for sent in field.raw_data or ()
                    if isinstance(sent, str) and not isinstance(sent, Beginning)
                ]
                field.process_errors += [NOT_ONE_LINE[fault] for fault in dict.fromkeys(filter(None, faults))]

    def refuses(self) -> list[Any]:
        """The fields that hold what cannot be kept even for now, each with its errors; for entries saved unfinished."""
        refused = [field for field in self if field.process_errors]  # type: ignore[attr-defined]
        for field in refused:
            field.errors = list(field.process_errors)
        return refused


class Row(_Refusing, PlainForm):
    """One of several rows of a form."""

    class Meta(_Bound):
        pass


class Form(_Refusing, FlaskForm):
    """A form of ours. `version` travels with what people edit together: see `same_version`."""

    class Meta(_Bound):
        pass


def _is_too_long(value: Any) -> bool:
    return isinstance(value, str) and len(value) > LONGEST_LINE


def _beginning(value: str) -> Beginning:
    found = Beginning(value[:LONGEST_LINE])
    found.sent = len(value)
    return found


class VersionField(HiddenField):
    """The version of the record that the page was filled from."""

    def _value(self) -> str:
        return "" if self.data is None else str(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0] if valuelist else ""
        self.data = int(text) if text.isdecimal() else None


class DateField(StringField):
    """A day, typed as 2023-03-31, R5.3.31 or 令和5年3月31日. `.data` is a date, or None while `.raw` is unreadable."""

    data: Any  # a date in a valid form

    def _value(self) -> str:
        if self.raw_data:
            return self.raw_data[0]
        return self.data.isoformat() if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = tidy(valuelist[0]) if valuelist else ""
        self.data = None
        if text:
            try:
                self.data = calendar.parse_date(text)
            except calendar.UnreadableDate as problem:
                raise ValueError(sentence_of(problem)) from problem


class InstantField(DateField):
    """A day and a time of day in Japan (JST): 2023-05-10 12:00, 令和5年5月10日 正午. `.data` is an aware datetime."""

    def _value(self) -> str:
        if self.raw_data:
            return self.raw_data[0]
        return self.data.astimezone(calendar.JST).strftime("%Y-%m-%d %H:%M") if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = tidy(valuelist[0]) if valuelist else ""
        self.data = None
        if text:
            try:
                self.data = calendar.parse_instant(text)
            except calendar.UnreadableDate as problem:
                raise ValueError(sentence_of(problem)) from problem


class WholeNumberField(IntegerField):
    """A number such as 3. Nothing entered is None; what is no number is told in our words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = half_width(valuelist[0]) if valuelist else ""
        self.data = None
        if text:
            try:
                self.data = int(text)
            except ValueError:
                raise ValueError(_("Write a whole number, such as 3.")) from None


class Required(DataRequired):
    """Says which field is missing, not just that one is."""

    def __init__(self, message: Any = None) -> None:
        super().__init__(message or _l("Enter this; it is required."))

    def __call__(self, form: BaseForm, field: Field) -> None:
        if field.process_errors:
            raise StopValidation  # it was entered, but could not be read: that sentence says more than "required"
        super().__call__(form, field)


class Between(NumberRange):
    """From `least` to `most`, both included."""

    def __init__(self, least: int, most: int) -> None:
        message = _l("Write a number from %(least)s to %(most)s.", least=least, most=most)
        super().__init__(least, most, message=message)

    def __call__(self, form: BaseForm, field: Field) -> None:
        if field.process_errors:
            raise StopValidation  # what could not be read as a number is told already
        super().__call__(form, field)


class AtMost(Length):
    """At most `max` characters; tells how many too many there are."""

    def __init__(self, max: int) -> None:
        super().__init__(max=max)

    def __call__(self, form: BaseForm, field: Field) -> None:
        if field.process_errors:
            raise StopValidation  # what could not be read is told already
        over = len(field.data or "") - self.max
        if over > 0:
            raise ValidationError(
                ngettext(
                    "Shorten this by %(over)s character; at most %(max)s are allowed.",
                    "Shorten this by %(over)s characters; at most %(max)s are allowed.",
                    over,
                    over=f"{over:,}",
                    max=f"{self.max:,}",
                )
            )


def was_sent(*names: str) -> bool:
    """Whether the request holds any of these entries, or something in the rows of one."""
    sent = [*request.form, *request.files]
    return any(it == name or it.startswith(f"{name}-") for name in names for it in sent)


def choices(labels: dict[str, Any]) -> list[SelectChoice]:
    """value → label, as the select and checkbox fields take them."""
    return [SelectChoice(value=value, label=label) for value, label in labels.items()]


def form_page(template: str, *, form: Form, wrong: bool = False, **context: Any) -> tuple[str, int]:
    """The page of a form, with its status: 422 when an entry was refused, so that the browser knows it too; else 200.

    `wrong`: what was sent was refused for something that is no entry of the form.
    """
    page = render_template(template, form=form, **context)
    return page, 422 if wrong or form.errors else 200
