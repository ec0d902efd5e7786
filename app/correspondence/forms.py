"""The forms of letters and mails: little is typed here."""

from __future__ import annotations

from dataclasses import replace

from flask_babel import lazy_gettext as _l
from wtforms import FieldList, FormField, RadioField, StringField, TextAreaField

from app.correspondence.rendering import Item, LetterContent
from app.web.forms import AtMost, Form, Required, Row


class DiscardForm(Form):
    reason = TextAreaField(
        _l("Reason"),
        [Required(), AtMost(1000)],
        description=_l("Kept in the history; the addressee does not see it."),
    )


class SendBackForm(Form):
    reason = TextAreaField(
        _l("Your remark"),
        [Required(), AtMost(1000)],
        description=_l(
            "What is to be mended. The officers see it as their task; the addressee does not see it."
        ),
    )


class PutForwardForm(Form):
    reason = TextAreaField(
        _l("Answer to the remark"),
        [Required(), AtMost(1000)],
        description=_l("What was mended, or why the letter should go out as it is. The director sees it."),
    )


class SetAsideForm(Form):
    reason = TextAreaField(
        _l("Reason"),
        [Required(), AtMost(1000)],
        description=_l("For example: told by telephone, or it had arrived after all."),
    )


class RetryForm(Form):
    """Where to send it: as before, or to the mailbox that the body has now."""

    to = RadioField(_l("Send it to"), [Required()])


class WithdrawalForm(Form):
    reason = TextAreaField(
        _l("Reason"),
        [Required(), AtMost(1000)],
        description=_l("It stands in the letter that goes out, and in the history."),
    )
    afterwards = TextAreaField(
        _l("How things go on"),
        [AtMost(1000)],
        description=_l("What holds now that the letter is withdrawn. It stands in the letter that goes out."),
    )


class ItemForm(Row):
    """One numbered item of a letter; one whose heading is emptied is left out."""

    heading = StringField(_l("Heading of the item"), [AtMost(100)])
    text = TextAreaField(_l("Text of the item"), [AtMost(4000)])
    points = TextAreaField(_l("Points of the item"), [AtMost(4000)], description=_l("One on each line."))


class ReplacementForm(Form):
    """The contents of a letter, to be mended."""

    subject = StringField(_l("Subject"), [Required(), AtMost(200)])
    body = TextAreaField(
        _l("Paragraphs"),
        [Required(), AtMost(4000)],
        description=_l("One paragraph on each line. That it replaces the former letter is put before it."),
    )
    items = FieldList(FormField(ItemForm), label=_l("Items"), max_entries=30)
    reason = TextAreaField(
        _l("Reason"),
        [Required(), AtMost(1000)],
        description=_l("It stands in the letter that goes out, and in the history."),
    )

    @classmethod
    def of(cls, content: LetterContent) -> ReplacementForm:
        """The form, filled from `content` unless it was sent."""
        return cls(
            data={
                "subject": content.subject,
                "body": "\n".join(content.paragraphs),
                "items": [
                    {"heading": item.heading, "text": item.text, "points": "\n".join(item.points)}
                    for item in content.items
                ],
            }
        )

    def mended(self, content: LetterContent) -> LetterContent:
        """`content` as it was mended. What an item is beyond its words (its role) stays."""
        roles = [item.role for item in content.items]
        roles += [""] * (len(self.items) - len(roles))
        items = [
            Item(row.form.heading.data, row.form.text.data or "", _lines(row.form.points.data), role)
            for row, role in zip(self.items, roles, strict=False)
            if row.form.heading.data
        ]
        return replace(
            content, subject=self.subject.data or "", body=_lines(self.body.data), items=tuple(items)
        )


def _lines(text: str | None) -> tuple[str, ...]:
    return tuple(line.strip() for line in (text or "").splitlines() if line.strip())
