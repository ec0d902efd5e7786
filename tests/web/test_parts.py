"""A case is read in parts: each names them all, and which of them is read."""

import re

import pytest
from flask import current_app

from app.db import db
from app.web.manifest import manifests
from tests import factories
from tests.reading import words_of


@pytest.fixture
def project(app):
    made = factories.project()
    db.session.commit()
    return made


def test_each_part_takes_the_id_of_its_case(app):
    parts = [(kind, part) for it in manifests() for kind, found in it.parts.items() for part in found]
    assert len(parts) > 1
    for kind, part in parts:
        (rule,) = (it for it in current_app.url_map.iter_rules(part.endpoint) if "GET" in (it.methods or ()))
        assert rule.arguments == {f"{kind}_id"}


@pytest.mark.parametrize(("path", "current"), [("", "事業"), ("/council", "協議会")])
def test_every_part_leads_to_the_others_and_says_which_it_is(project, sign_in_as, path, current):
    page = words_of(sign_in_as("officer")[0].get(f"/projects/{project.id}{path}"))
    nav = re.search(r'<nav class="subnav".*?</nav>', page, re.DOTALL).group(0)
    assert f'href="/projects/{project.id}"' in nav and f'href="/projects/{project.id}/council"' in nav
    marked = re.findall(r'aria-current="page">([^<]+)<', nav)
    assert [it.strip() for it in marked] == [current]
