"""Where templates are found, what they know by themselves, and how they call."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from types import FunctionType, MethodType
from typing import Any

from flask.templating import Environment
from jinja2.runtime import Context, Macro
from jinja2.utils import internalcode


class Calling(Context):
    """Jinja asks of all that is called whether it wants the context, in a dozen steps; a page calls two hundred times.

    Whether a macro or a plain function wants it is told at once. What else is called goes Jinja's own way.
    """

    @internalcode
    def call(__self, __obj: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:  # noqa: B902, N805 (as Jinja has it)
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

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return {**self.globals, **d} if d else self.globals
