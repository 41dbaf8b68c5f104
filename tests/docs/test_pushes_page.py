"""The page of pushes is what the code does, and each push that does something has a test that shows it."""

from bot.doors.pushes import PUSHES, Fate
from docs.pushes import PAGE, page, shown_by


def test_the_page_is_what_the_table_says() -> None:
    assert PAGE.read_text() == page(), "run `python -m docs.pushes`"


def test_every_push_that_does_something_has_a_test_and_every_mark_names_a_push() -> None:
    acting = {key for key, push in PUSHES.items() if push.fate is not Fate.ignored}
    assert set(shown_by()) == acting
