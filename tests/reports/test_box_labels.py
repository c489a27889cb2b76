"""Labels for the spines of archive boxes."""

from reports.render.box_labels import Label, print_box_labels, render_box_labels


def test_labels_of_the_process_of_their_own_are_those_printed_here() -> None:
    label = Label("安远县", "2021年度评价", 2021, "教育保障", "班额𰻝", "15", "15-01", "15-12", 12, 1)
    printed = print_box_labels([label] * 5, 40)
    assert printed.startswith(b"%PDF-")
    assert printed == render_box_labels([label] * 5, 40)
