"""Each guard is worth having: without it, a test of ours fails. Run on a copy of the tree, one guard taken away each."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

GUARDS = [
    ("repeat key of a turn", "bot/turns.py", "if key == turn.full_key:", "if False:",
     "tests/bot/test_chat.py::test_a_repeated_push_gets_the_same_reply_and_moves_nothing"),
    ("idempotency key of a command", "handlers/dispatch.py", "if claimed is None:", "if False:",
     "tests/bot/test_api.py::test_a_command_needs_its_key_and_the_same_key_acts_once"),
    ("guarded update of a decision", "models/approvals/deciding.py",
     "first = await Approval.filter(id=approval.id, state=ApprovalState.pending.value)", "first = await Approval.filter(id=approval.id)",
     "tests/scenarios/test_approvals.py::test_a_late_decision_is_answered_with_who_was_faster"),
    ("guarded update of a state", "models/moves.py", "model.filter(id=row.id, state=before.value)", "model.filter(id=row.id)",
     "tests/models/test_rules.py::test_of_two_who_read_the_same_state_only_one_moves_on_from_it"),
    ("row lock of a customer's credit", "models/finance/credit.py", 'WHERE id = $1 FOR NO KEY UPDATE"', 'WHERE id = $1"',
     "tests/handlers/test_races.py::test_of_five_orders_against_the_last_credit_one_is_confirmed_and_four_wait"),
    ("row lock of a conversation", "bot/turns.py", "$2 FOR UPDATE OF c", "$2",
     "tests/handlers/test_races.py::test_a_turn_waits_for_the_conversation_that_another_worker_holds"),
    ("version of a conversation", "bot/turns.py", "given.version = c.xmin::text", "true",
     "tests/handlers/test_races.py::test_a_line_that_only_asks_is_answered_anew_if_another_worker_was_faster"),
    ("injection neutraliser", "bot/rendering/templates.py",
     "neutral_text(value) if type(value) is str else neutral(called(value))", "called(value)",
     "tests/bot/test_rendering.py::test_hostile_text_in_every_fact_of_every_template_grows_nothing"),
    ("rights row", "handlers/dispatch.py", "    if scope is Scope.none:\n        raise NoRight()\n", "",
     "tests/handlers/test_matrix.py"),
    ("field rights", "handlers/result.py", "if all(mark.right in rights for mark", "if all(True for mark",
     "tests/bot/test_api.py::test_a_customer_is_not_shown_what_they_have_no_right_to"),
    ("guarded reservation", "models/stock/reservation.py", "FOR UPDATE OF b", "",
     "tests/handlers/test_races.py::test_of_many_orders_for_the_last_pieces_no_piece_is_held_twice"),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "guard", "without", "test"), [row[1:] for row in GUARDS], ids=[row[0] for row in GUARDS]
)
def test_without_this_guard_a_test_fails(tmp_path: Path, path: str, guard: str, without: str, test: str) -> None:
    tree = tmp_path / "tree"
    ignored = shutil.ignore_patterns(
        ".git", ".venv", ".tools", ".liaodan", ".mypy_cache", "node_modules", "__pycache__"
    )
    shutil.copytree(ROOT, tree, ignore=ignored)
    source = (tree / path).read_text()
    assert source.count(guard) >= 1, "the guard has moved; name it anew"
    (tree / path).write_text(source.replace(guard, without))
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("TEST_SERVER", "PYTEST"))}
    variables["PYTHONPATH"] = str(tree)
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", test],
        cwd=tree, env=variables, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert ran.returncode == 1, f"nothing noticed that it is gone:\n{ran.stdout[-2000:]}{ran.stderr[-1000:]}"
