"""Rows of two sides that are the same, by the shortest name that tells them apart."""

from assessments.matching import matches


def test_label_that_is_unique_on_both_sides_tells() -> None:
    assert matches({1: (("甲",), ("一", "甲"))}, {"a": (("甲",), ("二", "甲"))}) == {1: "a"}


def test_longer_name_tells_where_the_label_repeats() -> None:
    ours = {1: (("1",), ("一", "1")), 2: (("1",), ("二", "1"))}
    theirs = {"b": (("1",), ("二", "1")), "a": (("1",), ("一", "1"))}
    assert matches(ours, theirs) == {1: "a", 2: "b"}


def test_label_that_repeats_on_one_side_alone_needs_the_longer_name() -> None:
    ours = {1: (("1",), ("一", "1")), 2: (("1",), ("二", "1"))}
    assert matches(ours, {"a": (("1",), ("二", "1"))}) == {2: "a"}
    assert matches(ours, {"a": (("1",), ("三", "1"))}) == {}


def test_what_repeats_by_every_name_is_nobodys() -> None:
    twice = {1: (("1",), ("一", "1")), 2: (("1",), ("一", "1"))}
    assert matches(twice, {"a": (("1",), ("一", "1"))}) == {}
    assert matches({3: (("1",), ("一", "1"))}, twice) == {}


def test_nothing_matches_nothing() -> None:
    assert matches({}, {}) == {}
