"""The demo: the programme's real history, loaded through the operations, and a clock that can be moved.

Facts come from the CSV files beside this package. Only accounts, mail addresses and the clearly marked sample
call and applications are made up.
"""

from app.demo import accounts, clock
from app.demo.routes import demo
from app.web.manifest import Manifest

MANIFEST = Manifest(
    blueprint=demo, work={"move_clock": clock.move}, answers={"demo_accounts": accounts.offered}
)
