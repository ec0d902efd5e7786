"""A form in its versions: begun, edited, published; what was answered stays, and a change makes the next version."""

from __future__ import annotations

from datetime import datetime

from app.actors import Actor
from app.db import db, held
from app.questions.definition import Definition
from app.questions.models import FormTemplate, FormVersion


def begin_form(title: str, form: Definition, *, at: datetime) -> FormTemplate:
    """A new template whose first version asks `form`; nobody can answer it before it is published."""
    template = FormTemplate(title=title, created_at=at)
    version = FormVersion(number=1, created_at=at)
    version.ask(form)
    template.versions.append(version)
    db.session.add(template)
    return template


def change(template: FormTemplate, form: Definition, *, at: datetime) -> FormVersion:
    """Let the form ask `form`: in the newest version while nobody has answered it, else in the next one.

    The version that it stands in. A next one is answered once it is published. Raises BadDefinition for what nobody
    could answer; one that is not published yet may still be unfinished.
    """
    version = held(template.newest)
    if version.sha256 == form.sha256:
        return version
    if version.published_at:
        form.check()
    if version.answered_at:
        version = FormVersion(number=version.number + 1, created_at=at)
        template.versions.append(version)
    version.ask(form)
    db.session.flush()
    return version


def edit(template: FormTemplate, form: Definition, *, at: datetime) -> FormVersion:
    """Let `form` stand as what is to be published next, finished or not; what is answered now stays as it is."""
    version = held(template.newest)
    if version.published_at is not None:
        if version.sha256 == form.sha256:
            return version
        version = FormVersion(number=version.number + 1, created_at=at)
        template.versions.append(version)
    version.ask(form)
    db.session.flush()
    return version


def publish_edited(template: FormTemplate, *, anew: bool, actor: Actor, at: datetime) -> FormVersion:
    """Publish what stands edited: as the next version (`anew`, or somebody has answered), else in the one that there is.

    Raises BadDefinition. Where nothing is edited the published version stays as it is.
    """
    edited, published = held(template.newest), template.published
    edited.form.check()
    if published is None or published is edited:
        return publish(template, actor=actor, at=at)
    if edited.sha256 == published.sha256:
        return published
    if anew or published.answered_at is not None:
        return publish(template, actor=actor, at=at)
    published = held(published)
    published.ask(edited.form)
    db.session.flush()
    return published


def publish(template: FormTemplate, *, actor: Actor, at: datetime) -> FormVersion:
    """Let the newest version be answered from now on. Raises BadDefinition. Published already, it stays as it is."""
    version = held(template.newest)
    version.form.check()
    if version.published_at is None:
        version.published_at, version.published_by = at, actor.name
    db.session.flush()
    return version


def note_answered(version: FormVersion, *, at: datetime) -> None:
    """From the first answer on the version stays as it is."""
    if version.answered_at is None:
        version = held(version)
        version.answered_at = version.answered_at or at
