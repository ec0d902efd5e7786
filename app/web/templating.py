"""Where templates are found, what they know by themselves, and how they call."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from functools import cached_property
from types import FunctionType, MethodType
from typing import Any

from flask import current_app, request
from flask.templating import Environment
from jinja2.environment import Template
from jinja2.runtime import Context, Macro
from jinja2.utils import internalcode
from markupsafe import Markup

from app.memory import lasting
from app.web.i18n import locale_name


class Calling(Context):
    """Jinja asks of all that is called whether it wants the context, in a dozen steps; a page calls two hundred times.

    Whether a macro or a plain function wants it is told at once. What else is called goes Jinja's own way.
    """

    @internalcode
    def call(__self, __obj: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:  # noqa: N805 (as Jinja has it)
        kind = type(__obj)
        if kind is Macro:
            args = (__self.eval_ctx, *args)
        elif kind not in (FunctionType, MethodType) or hasattr(__obj, "jinja_pass_arg"):
            return super().call(__obj, *args, **kwargs)
        kwargs.pop("_block_vars", None)
        kwargs.pop("_loop_vars", None)
        return __obj(*args, **kwargs)


class Templates(Environment):
    """All templates have the same globals. Jinja lays a map over them for each, which is slow to look through: a page
    imports a dozen components, and each import looks through all of them.
    """

    context_class = Calling

    def get_template(self, name: Any, parent: str | None = None, globals: Any = None) -> Template:  # noqa: A002 (Jinja's)
        """Looked up once: a page asks for forty, most of them components that ten others have asked for."""
        if self.auto_reload or globals or not isinstance(name, str):
            return super().get_template(name, parent, globals)
        found = self._found.get(name)
        if found is None:
            found = self._found[name] = super().get_template(name, parent)
        return found

    def select_template(self, names: Any, parent: str | None = None, globals: Any = None) -> Template:  # noqa: A002 (Jinja's)
        """Jinja looks for those that there are none of at each time, in all folders."""
        if self.auto_reload or globals or not all(isinstance(name, str) for name in names):
            return super().select_template(names, parent, globals)
        found = self._found.get(tuple(names))
        if found is None:
            found = self._found[tuple(names)] = super().select_template(names, parent)
        return found

    @cached_property
    def _found(self) -> dict[Any, Template]:
        return {}

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return {**self.globals, **d} if d else self.globals


def drawn_once(template: str, *known: Any) -> Markup:
    """A part of the layout that shows nothing but `known`, in the language of the page: drawn once a process for each.

    What is somebody's own (their name, the token of their forms) is not drawn so.
    """

    def draw() -> Markup:
        drawn = current_app.jinja_env.get_template(template).make_module({"known": known})
        part: Markup = drawn.__html__()
        return part

    return lasting(("drawn", template, locale_name(), request.script_root, known), draw)
