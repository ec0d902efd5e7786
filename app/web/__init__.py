"""What all contexts share of a request and its page: access, scoped records, forms, lists and spreadsheets, kept entries,
refusals, languages, the clock.

It imports no context. Where it leads to one (the sign-in page, a record's page), it knows the name of a route, and no more.
A route is thin: form → permission → operation → commit → redirect.
"""

from app.web.manifest import Manifest
from app.web.routes import web

MANIFEST = Manifest(blueprint=web)
