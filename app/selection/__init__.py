"""Selection (選定): from accepted applications to the announcement.

Officers put applications under review and record a provisional result with its reasons; a director decides the
call; the announcement releases everything in one act: states, letters, mails, projects and the public register.
Until then no applicant sees any of it (the embargo).
"""

from app.selection.routes import selection
from app.selection.tasks import tasks
from app.web.manifest import Manifest

MANIFEST = Manifest(blueprint=selection, tasks=tasks, within={"selection": "programmes.index"})
