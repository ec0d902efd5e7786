"""The proof that what is written was not changed: `flask history verify`, the seals, and the head mailed each day.

The database refuses (app/guards), the chain tells (app/history.py), the seals bind records to it (app/seals.py), the kept head
binds the chain to a key outside the database (app/head.py). Here all of it is read and compared.
"""

from app.proof import daily, rereading, sealing
from app.web.manifest import Job, Manifest

MANIFEST = Manifest(
    jobs={
        "seal_former_records": Job(lambda on, at: {"sealed": sealing.seal_former(at=at)}),
        "mail_history_head": Job(lambda on, at: {"mails_queued": daily.mail_head(on=on, at=at)}),
        "reread_files": Job(lambda on, at: rereading.reread(at=at)),
    },
)
