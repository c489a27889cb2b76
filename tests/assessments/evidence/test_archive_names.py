"""Names in the archive: safe on Windows and Linux, readable, each once."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.evidence.archive.names import file_name, folder_name, note_name, once, running_number

RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
ANY = st.text(st.characters(exclude_categories=()), max_size=300)


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def assert_safe(name: str) -> None:
    assert name
    assert not set(name) & set('<>:"/\\|?*#%')
    assert not [mark for mark in name if unicodedata.category(mark)[0] == "C"]
    assert name == name.strip() == name.rstrip(" .")
    assert name.partition(".")[0].strip().casefold() not in RESERVED
    assert len(name.encode()) <= 240


@pytest.mark.parametrize(
    ("document_number", "title", "name"),
    [
        ("赣教字〔2021〕3号", "关于标准班额的通知", "15-01_赣教字〔2021〕3号_关于标准班额的通知.pdf"),
        ("", "会议记录", "15-01_会议记录.pdf"),
        ("", "../../etc/passwd", "15-01_／..／etc／passwd.pdf"),
        ("", "a\0b\u202egpj.exe", "15-01_abgpj.exe.pdf"),
        ("", "两行\r\n标题\t。", "15-01_两行 标题 。.pdf"),
        ("", '问？问:*|<>"', "15-01_问？问：＊｜＜＞＂.pdf"),
        ("", "完成率100%#2", "15-01_完成率100％＃2.pdf"),
        ("", "结尾. . .", "15-01_结尾.pdf"),
        ("", "\u200b\u202e", "15-01_无标题.pdf"),
        ("", "=cmd|' /C calc'!A0", "15-01_=cmd｜' ／C calc'!A0.pdf"),
        ("", "e\u0301tude", "15-01_\u00e9tude.pdf"),
    ],
)
def test_file_name_keeps_what_can_be_kept(document_number: str, title: str, name: str) -> None:
    assert file_name("15-01", document_number, title, ".pdf") == name


@pytest.mark.parametrize(
    ("label", "title", "name"),
    [
        ("15", "班额", "15_班额"),
        ("(37)", "A/B", "(37)_A／B"),
        ("", "班额", "班额"),
        ("..", "", "_"),
        ("CON", "", "CON_"),
        ("", "nul.txt", "nul.txt_"),
        ("", "com¹ ", "com¹_"),
    ],
)
def test_folder_name_is_never_one_that_windows_has(label: str, title: str, name: str) -> None:
    assert folder_name(label, title) == name


@given(label=ANY, number=ANY, title=ANY)
def test_whatever_people_type_becomes_a_safe_path(label: str, number: str, title: str) -> None:
    folder, running = folder_name(label, title), running_number(label, 1, 1)
    file = file_name(running, number, title, ".docx")
    assert_safe(folder)
    assert_safe(file)
    assert file.startswith(running)
    assert units(f"{folder_name(label, title, 24)}/{folder}/{file}") < 200


def test_two_hundred_emoji_are_cut_at_a_character() -> None:
    name = file_name("1-01", "", "😀" * 200, ".pdf")
    assert name == "1-01_" + "😀" * 50 + ".pdf"


def test_a_long_title_is_cut_before_its_extension() -> None:
    name = file_name("1-01", "赣教字〔2021〕3号", "长" * 200, ".pdf")
    assert name.endswith("长.pdf")
    assert len(name.encode()) <= 240


@pytest.mark.parametrize(
    ("number", "count", "written"),
    [(1, 9, "15-01"), (12, 99, "15-12"), (1, 100, "15-001"), (100, 100, "15-100")],
)
def test_running_numbers_sort_as_they_count(number: int, count: int, written: str) -> None:
    assert running_number("15", number, count) == written


def test_same_names_are_told_apart_as_windows_tells_them() -> None:
    taken: set[str] = set()
    assert [once(name, taken) for name in ("15_a", "15_A", "15_a")] == ["15_a", "15_A（2）", "15_a（3）"]


@given(title=ANY, extension=st.sampled_from([".pdf", ".et", ".docx"]))
def test_a_note_has_as_many_bytes_in_its_name_as_the_file(title: str, extension: str) -> None:
    name = file_name("15-01", "", title, extension)
    note = note_name(name, "15-01")
    assert_safe(note)
    assert note.startswith("15-01")
    assert note.endswith(".txt")
    assert len(note.encode()) == len(name.encode())


def test_a_note_says_what_it_is_where_there_is_room() -> None:
    assert note_name("15-01_关于标准班额.pdf", "15-01") == f"15-01_未收入{'_' * 9}.txt"
