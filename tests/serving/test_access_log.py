"""The access log tells which page was asked for, and no token of a one-time link."""

from datetime import timedelta
from types import SimpleNamespace
from urllib.parse import quote

from gunicorn.config import Config

from serving.access_log import AccessLog

TOKEN = "Zk3x9_QwErTyUiOpAsDfGhJkLzXcVbNm1234567890A"


def line(path: str, referer: str = "-") -> str:
    config = Config()
    request = SimpleNamespace(headers=[("REFERER", referer)], method="GET", uri=path)
    answer = SimpleNamespace(status="200 OK", sent=1, headers=[], response_length=1)
    environ = {"RAW_URI": path, "PATH_INFO": path, "HTTP_REFERER": referer, "REQUEST_METHOD": "GET",
               "SERVER_PROTOCOL": "HTTP/1.1", "QUERY_STRING": ""}  # fmt: skip
    log = AccessLog(config)
    atoms = log.atoms_wrapper_class(log.atoms(answer, request, environ, timedelta(seconds=1)))
    return config.access_log_format % atoms


def test_the_token_of_a_link_is_left_out_of_address_and_referer():
    for path in (f"/password/{TOKEN}", f"/c/{TOKEN}"):
        told = line(path)
        assert TOKEN not in told and f'"GET {path.removesuffix(TOKEN)}… HTTP/1.1"' in told
        assert TOKEN not in line("/static/css/base.css", referer=f"https://banso.example.jp{path}")
        for onward in (path, quote(path, safe="")):
            assert TOKEN not in line(f"/language/en?next={onward}")


def test_other_addresses_are_told_whole():
    assert "GET /calls/5/selection?state=accepted " in line("/calls/5/selection?state=accepted")
