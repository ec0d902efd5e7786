"""What the environment is made into."""

from __future__ import annotations

import pytest

from config import settings


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
