"""What is taken for a password, and how it is kept."""

import pytest

from app.organisations import passwords
from app.organisations.passwords import WeakPassword

EMAIL = "hanako.mihon@city.mihon.example.jp"


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("elevenchars", "at least 12"),
        ("短い", "at least 12"),
        ("x" * 201, "at most 200"),
        (EMAIL, "e-mail address"),
        (EMAIL.upper(), "e-mail address"),
        ("hanako.mihon", "e-mail address"),
        (f"my {EMAIL} 1", "e-mail address"),
        ("password2023", "Too many people"),
        ("Password!2345", "Too many people"),
        ("ＰＡＳＳＷＯＲＤ１２３４", "Too many people"),
        ("passwordpassword", "Too many people"),
        ("123456789012", "Too many people"),
        ("qwertyuiopasdf", "Too many people"),
        ("aaaaaaaaaaaab", "Too many people"),
        ("1234567890qwerty", "Too many people"),
    ],
)
def test_a_password_that_is_guessed_first_is_refused_with_the_reason(password, why):
    with pytest.raises(WeakPassword, match=why):
        passwords.hashed(password, email=EMAIL)


@pytest.mark.parametrize(
    "password", ["correct horse battery", "春はあけぼのやうやう白く", "kT7-mQ2-zR9-pL4", "banso-demo-2023"]
)
def test_a_long_password_of_any_kind_is_taken(password):
    kept = passwords.hashed(password, email=EMAIL)
    assert kept.startswith("$argon2id$")
    assert password not in kept
    assert passwords.matches(password, kept)
    assert not passwords.matches(password + "x", kept)


def test_a_keyboard_left_in_full_width_and_spaces_around_do_not_matter():
    kept = passwords.hashed("correct horse battery", email=EMAIL)
    assert passwords.matches("　ｃｏｒｒｅｃｔ　ｈｏｒｓｅ　ｂａｔｔｅｒｙ ", kept)


def test_two_people_with_the_same_password_have_different_hashes():
    assert passwords.hashed("correct horse battery") != passwords.hashed("correct horse battery")


def test_nobody_matches_what_was_never_set_nor_what_is_no_hash():
    assert not passwords.matches("the password of nobody at all", None)
    assert not passwords.matches("anything", "not a hash")
