"""What every context's pages share: access, scoped records, lists, forms, errors, headers, language.

Names no domain noun. A route is thin: form → permission → operation → commit → redirect.
"""

from app.web.manifest import Manifest
from app.web.routes import web

MANIFEST = Manifest(blueprint=web)
