"""``manage backup`` and ``manage restore``: all comes back; what cannot be used changes nothing."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.selfassess.conftest import ON_POSTGRES, Site


@pytest.fixture
def play(site: Site, tmp_path: Path) -> Any:
    """Plays a scene of ``backups.py`` on a site of its own."""

    def run(scene: str) -> dict[str, Any]:
        script = f"from tests.selfassess.backups import play; play({scene!r})"
        result = site.shell(script, SELFASSESS_EVIDENCE=str(tmp_path / "evidence"))
        assert result.returncode == 0, result.stderr
        seen: dict[str, Any] = json.loads(result.stdout)
        return seen

    return run


def test_what_was_backed_up_comes_back_whole(play: Any) -> None:
    """But for who was signed in; that the site was restored is the trail's next event."""
    changed = ["audit_chainhead", "audit_event", "axes_accessattempt", "django_session"]
    assert play("coming_back") == {
        "made": [0, "", True, "0o600"],
        "restored": [0, "", True],
        "changed": [*changed, "files"],
        "sessions and failures": [1, 1],
        "files": [True, True],
        "last event": ["site.restored", "", 1],
        "break": None,
        "refuses": True,
        "next user": 1,
        "files in it": 1,
        "left": [],
    }


def test_backup_is_restored_where_nothing_is_left(play: Any) -> None:
    assert play("from_nothing") == {
        "codes": [0, 0],
        "changed": ["audit_chainhead", "audit_event"],
        "break": None,
    }


def test_backup_is_of_one_moment_and_ends_though_somebody_writes_at_every_step(play: Any) -> None:
    """SQLite's online backup would begin anew each time. ``pg_dump`` is one step, told before it begins."""
    seen = play("written_between_steps")
    steps = seen.pop("steps")
    assert steps == 1 if ON_POSTGRES else steps > 5
    assert seen == {"copied since": int(ON_POSTGRES), "written": True, "whole": True}


def test_what_killed_processes_left_is_cleaned_up_by_the_next(play: Any) -> None:
    """On PostgreSQL that is the whole restore, unless people have worked with what it had put in place."""
    assert play("killed") == {
        "codes": [2, 0, 2, 0],
        "taken back": True,
        "kept": True,
        "left": True,
        "break": None,
    }


def test_what_cannot_be_used_is_refused_and_changes_nothing(play: Any) -> None:
    seen = play("refusals")
    newer = "The backup was made by a newer version (0.1.0). Install that version first."
    damaged = f"The backup is damaged: “evidence/{seen['key']}” was changed."
    kinds = ("PostgreSQL", "SQLite")
    backup, site = kinds if not ON_POSTGRES else reversed(kinds)
    expected = {
        "there": "…/site.tar is there already; --force replaces a file.",
        "no folder": "There is no folder …/none.",
        "not empty": "The database of this site is not empty. Back it up; then --replace replaces all that "
        "it holds.",
        "nothing": "…/nothing cannot be read: No such file or directory.",
        "folder": "… is not a file.",
        "foreign": "This is not a backup.",
        "spoilt": damaged,
        "spoilt, checked": damaged,
        "newer": newer,
        "other kind": f"The backup is of {backup}, this site's database is {site}: one cannot become the "
        "other.",
        "other counts": "The backup is not as its manifest says: accounts_user has 20 rows, not 3.",
        "other trail": "The backup is not as its manifest says.",
        "file lacking": f"The backup lacks a file that its database names: {seen['key']}.",
        "in use": "The database of this site is in use. Stop the server first.",
    }
    added = seen["seen"].pop("file added")
    assert added[0] == 2
    assert added[2].startswith("The backup holds a file that its database does not name: ")
    no_database = seen["seen"].pop("no database")
    assert no_database[0] == 2
    assert no_database[2].startswith(
        "pg_restore failed: " if ON_POSTGRES else "The database in the backup cannot be unpacked."
    )
    assert seen["seen"] == {name: [2, "", f"{sentence}\n"] for name, sentence in expected.items()}
    assert (seen["unchanged"], seen["backup unchanged"], seen["left"]) == (True, True, [])
    assert (seen["checked"], seen["forced"]) == ([0, ""], [0, ""])


def test_files_that_are_missing_or_damaged_are_told_and_erased_ones_stay_erased(play: Any) -> None:
    seen = play("lacking")
    missing, damaged, erased = seen["keys"]
    told = [
        f"A file that the database names is missing: {missing}",
        f"A file is not what was once stored: {damaged}",
    ]
    assert seen["made"] == [1, told, ""]
    assert seen["restored"] == [0, [*told, "Restored. Everybody has to sign in again."]]
    assert seen["kept erased"] == [0, [erased], True]


def test_backup_of_an_older_version_is_migrated(play: Any) -> None:
    assert play("older") == {
        "codes": [0, 0],
        "migrated": ["sessions.0001_initial"],
        "same": True,
        "break": None,
    }


def test_backup_that_breaks_off_leaves_nothing(play: Any) -> None:
    assert play("broken_off") == {
        "full": [2, "", "Nothing was changed: File too large.\n"],
        "ended": [143, ""],
        "left": [],
        "unchanged": True,
    }
