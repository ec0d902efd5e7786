"""A form's page tells by its status what its words tell: that something was refused."""

from __future__ import annotations

import pytest
from flask import Flask

from app.accounts.forms import ForgottenForm
from app.web.forms import form_page

GOOD, EMPTY = {"email": "tanaka@example.jp"}, {"email": ""}


@pytest.mark.parametrize(
    ("sent", "wrong", "status"),
    [
        pytest.param(None, False, 200, id="nothing is sent yet"),
        pytest.param(GOOD, False, 200, id="no entry is refused"),
        pytest.param(EMPTY, False, 422, id="an entry is refused"),
        pytest.param(GOOD, True, 422, id="refused for another reason"),
    ],
)
def test_what_is_refused_on_a_form_is_told_by_the_status_too(app: Flask, sent, wrong, status):
    with app.test_request_context(method="POST" if sent else "GET", data=sent):
        form = ForgottenForm(meta={"csrf": False})
        form.validate_on_submit()
        page, told = form_page("accounts/password_forgotten.html", form=form, wrong=wrong, refusal="why not")
    assert told == status
    assert "why not" in page and 'name="email"' in page
    assert ('aria-invalid="true"' in page) == bool(form.errors)
