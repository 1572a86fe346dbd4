"""Which passwords people may choose. Contract: admin-api 2, data-model 3.11."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

LEAST_LENGTH = 8
MOST_LENGTH = 1000
MOST_SIMILAR = 0.7

_COMMON = """
00000000 11111111 11223344 12121212 12341234 12344321 12345678 123456789 1234567890 123123123
123321123 147258369 1q2w3e4r 1q2w3e4r5t 1qaz2wsx 22222222 55555555 66666666 77777777 87654321
88888888 987654321 99999999 aa123456 aaaaaaaa abc12345 abcd1234 abcdefgh admin123 admin1234
administrator adminadmin asdfasdf asdfghjk asdfghjkl baseball basketball batman123 blink182
bluebird changeme charlie1 chocolate christian cocacola computer contraseña corvette danielle
dragon123 elephant explorer fernando firebird football football1 garfield hello123 iloveyou
iloveyou1 internet jennifer jonathan kawasaki letmein1 liverpool login123 marlboro master123
maverick mercedes michael1 michelle midnight migasfree minecraft monkey123 mountain movistar
mypassword nicholas nintendo p@ssw0rd p@ssword pa55word pa55w0rd pass1234 passw0rd password
password! password1 password12 password123 password1234 passwort patricia portugal princess
princess1 pokemon1 q1w2e3r4 qazwsxedc qwer1234 qwerasdf qwerty12 qwerty123 qwerty1234 qwertyui
qwertyuiop rockyou1 root1234 samantha samsung1 scorpion security skywalker slipknot snickers
snowball starwars startrek sunshine sunshine1 superman superman1 superuser superstar test1234
testtest trustno1 username veronica victoria virginia welcome1 welcome123 whatever william1
zaq12wsx zxcvbnm1 zxcvbnm123
"""
COMMON = frozenset(_COMMON.split())
"""Those that are tried first, of the length that is allowed."""


def mistakes(password: str, personal: Iterable[tuple[str, str]]) -> list[str]:
    """Return why a password is not good enough; nothing when it is.

    Args:
        password: the password.
        personal: what the account is known by: name of the fact, such as `first name`, and value.
    """
    found = [
        f"The password is too similar to the {name}."
        for name, value in personal
        if _is_similar(password, value)
    ]
    if len(password) < LEAST_LENGTH:
        found.append(
            f"This password is too short. It must contain at least {LEAST_LENGTH} characters."
        )
    if len(password) > MOST_LENGTH:
        found.append(f"This password is too long. It may contain at most {MOST_LENGTH} characters.")
    if password.strip().lower() in COMMON:
        found.append("This password is too common.")
    if password.isdigit():
        found.append("This password is entirely numeric.")
    return found


def _is_similar(password: str, value: str) -> bool:
    lowered = password[:MOST_LENGTH].lower()
    parts = [part for part in re.split(r"\W+", value.lower()) if part] + [value.lower()]
    return any(
        len(lowered) <= 10 * len(part)
        and SequenceMatcher(a=lowered, b=part).quick_ratio() >= MOST_SIMILAR
        for part in parts
        if part
    )
