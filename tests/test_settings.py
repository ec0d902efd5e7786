"""What the environment is made into."""

from __future__ import annotations

import pytest

from config import SettingError, settings


@pytest.mark.parametrize(
    ("given", "telephone"),
    [
        ({"ENV": "production"}, ""),
        ({"ENV": "demo"}, "03-0000-0000"),
        ({"ENV": "production", "TODAY": "2023-02-15"}, ""),
        ({"ENV": "production", "CONTACT_TELEPHONE": "03-0000-1234"}, "03-0000-1234"),
    ],
)
def test_the_telephone_is_the_offices_own_and_the_demos_is_nobodys(tmp_path, given, telephone):
    assert settings({"DATA_DIR": tmp_path, **given})["CONTACT_TELEPHONE"] == telephone


def test_what_was_set_by_hand_is_known_apart_from_what_goes_without_saying(tmp_path):
    assert settings({"DATA_DIR": tmp_path})["SAID_BY_SETTINGS"] == ()
    assert settings({"DATA_DIR": tmp_path, "ISSUER": "見本局長"})["SAID_BY_SETTINGS"] == ("ISSUER",)


def test_as_many_presses_run_as_there_are_processors_or_as_are_asked_for(tmp_path, monkeypatch):
    monkeypatch.setattr("os.sched_getaffinity", lambda _process: {0, 2, 3})
    assert settings({"DATA_DIR": tmp_path})["PRESSES"] == 3
    monkeypatch.setenv("BANSO_PRESSES", "0")
    assert settings({"DATA_DIR": tmp_path})["PRESSES"] == 0


@pytest.mark.parametrize("presses", ["-1", "17", "two", "1.5", ""])
def test_a_number_of_presses_that_is_none_is_told(tmp_path, presses):
    with pytest.raises(SettingError, match="BANSO_PRESSES must be a whole number up to 16"):
        settings({"DATA_DIR": tmp_path, "PRESSES": presses})
