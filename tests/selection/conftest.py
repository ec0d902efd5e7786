"""A call that has closed, with applications under review, and the people of the office."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from app.applications.models import Application
from app.calendar import JST
from app.organisations.models import Tenure
from app.permissions import DIRECTOR, OFFICER
from app.programmes.models import Call
from app.selection import operations
from tests import factories
from tests.factories.applications import holder

AFTER_CLOSING = datetime(2023, 4, 3, 10, 0, tzinfo=JST)


@pytest.fixture
def at() -> datetime:
    return AFTER_CLOSING


@pytest.fixture
def call(app) -> Call:
    return factories.call(
        code="R5", title="令和5年度の募集", selection_fy=2023, base_years=3, extension_years=2
    )


@pytest.fixture
def officer(app) -> Tenure:
    return holder(OFFICER)


@pytest.fixture
def director(app) -> Tenure:
    return holder(DIRECTOR)


@pytest.fixture
def apply(call) -> Callable[..., Application]:
    """An application of the call in a state, of a body with this name, submitted while the call was open."""

    def make(name: str, state: str = "under_review", **values) -> Application:
        body = factories.organisation(name)
        submitted = datetime(2023, 2, 20, 10, 0, tzinfo=JST)
        return factories.application(state, call=call, organisation=body, at=submitted, **values)

    return make


@pytest.fixture
def record(officer, at) -> Callable[..., Application]:
    """The application, with its provisional result."""

    def make(
        application: Application, selected: bool, reasons: str = "実施体制が具体的である。"
    ) -> Application:
        operations.record_result(application, selected=selected, reasons=reasons, actor=officer, at=at)
        return application

    return make
