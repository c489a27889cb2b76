"""What is in an archive, for whom, under which names; and that it is whole whatever happens on the way."""

import hashlib
import json
import subprocess
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_STORED, ZipFile

import pytest
from django.core.files.storage import storages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook
from pytest_django import Settings

from accounts.roles import Role
from accounts.standing import standing_of
from assessments.evidence.archive import streaming
from assessments.evidence.archive.contents import Occasion
from assessments.evidence.archive.listing import Listing, list_archive
from assessments.evidence.archive.streaming import Archive
from assessments.evidence.storing import StorageDown
from assessments.models import MaterialTick, Response
from assessments.states import State
from audit.models import Event
from tests.assessments.evidence.archiving import archive_of, cite, erase, put, revise
from tests.assessments.evidence.archiving import printed_here as printed_here
from tests.factories import World, every_kind_data, make_framework, make_world

BESIDE = ["材料目录.xlsx", "盒脊标签.pdf", "manifest.json", "SHA256SUMS"]


pytestmark = pytest.mark.usefixtures("printed_here")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> Path:
    """A storage of its own."""
    kept = {**settings.STORAGES, "evidence": {**settings.STORAGES["evidence"]}}
    kept["evidence"]["OPTIONS"] = {"location": str(tmp_path)}
    settings.STORAGES = kept
    return tmp_path


def listed(world: World, role: Role = Role.COORDINATOR, organisation: str = "a", **scope: Any) -> Listing:
    standing = standing_of(world.people[role, organisation])
    return list_archive(standing, world.assessments["a"], **scope)


def paths(listing: Listing) -> list[str]:
    return [paper.path for paper, _file in listing.stored()]


def files_in(archive: ZipFile) -> list[str]:
    return [name for name in archive.namelist() if name not in BESIDE]


def manifest_of(archive: ZipFile) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(archive.read("manifest.json"))
    return manifest


def rows_of(archive: ZipFile) -> list[dict[str, Any]]:
    """The rows of the list of contents by the names of its columns."""
    sheet = load_workbook(BytesIO(archive.read("材料目录.xlsx")))["材料目录"]
    names = [str(cell.value) for cell in sheet[3]]
    return [dict(zip(names, row, strict=True)) for row in sheet.iter_rows(min_row=4, values_only=True)]


def links_of(archive: ZipFile) -> list[str]:
    """Where the rows of the list lead."""
    sheet = load_workbook(BytesIO(archive.read("材料目录.xlsx")))["材料目录"]
    links = [row[0].hyperlink for row in sheet.iter_rows(min_row=4, min_col=11, max_col=11)]
    return [str(link.target) for link in links if link]


def test_each_item_has_its_folder_with_numbered_files(world: World) -> None:
    put(world, "经费通知", b"one", "1", document_number="赣教字〔2021〕3号")
    put(world, "班额统计", b"two", "2")
    put(world, "会议照片", b"three", "1")
    archive = archive_of(world)
    assert archive.namelist() == [
        "材料目录.xlsx",
        "盒脊标签.pdf",
        "1_经费投入/1-01_赣教字〔2021〕3号_经费通知.pdf",
        "1_经费投入/1-02_会议照片.pdf",
        "2_标准班额/2-01_班额统计.pdf",
        "manifest.json",
        "SHA256SUMS",
    ]
    assert archive.read("1_经费投入/1-02_会议照片.pdf") == b"three"


def test_files_are_stored_as_they_are_under_names_in_utf8(world: World) -> None:
    put(world, "经费通知", b"one", "1")
    for entry in archive_of(world).infolist():
        assert entry.compress_type == ZIP_STORED
        assert bool(entry.flag_bits & 0x800) is not entry.filename.isascii()


def test_what_several_items_cite_lies_in_each_folder(world: World) -> None:
    put(world, "综合报告", b"both", "1", "2", "3")
    assert paths(listed(world)) == [
        "1_经费投入/1-01_综合报告.pdf",
        "2_标准班额/2-01_综合报告.pdf",
        "3_高中教育/3-01_综合报告.pdf",
    ]


def test_it_lies_only_in_the_first_where_that_is_wanted(world: World) -> None:
    put(world, "综合报告", b"both", "1", "2")
    archive = archive_of(world, query="?copies=once")
    assert files_in(archive) == ["1_经费投入/1-01_综合报告.pdf"]
    assert [row["file"] for row in rows_of(archive)] == ["打开", "打开"]
    assert links_of(archive) == ["1_经费投入/1-01_综合报告.pdf"] * 2


def test_one_item_cites_a_piece_as_two_materials_and_has_it_once(world: World) -> None:
    evidence = put(world, "方案", b"plan", ("1", {"material": "实施方案", "passage": "第3页"}))
    cite(evidence, world.response("1"), world.departments["a1"], material="经费文件", passage="附件1")
    (row,) = rows_of(archive_of(world))
    assert (row["number"], row["material"], row["passage"]) == ("1-01", "实施方案\n经费文件", "第3页\n附件1")


def test_only_the_newest_revision_is_in_it(world: World) -> None:
    evidence = put(world, "方案", b"old", "1")
    revise(evidence, b"new", "docx", number=2)
    archive = archive_of(world)
    assert archive.read("1_经费投入/1-01_方案.docx") == b"new"
    assert files_in(archive) == ["1_经费投入/1-01_方案.docx"]


def test_scope_is_a_section_or_an_item(world: World) -> None:
    put(world, "甲", b"1", "1")
    put(world, "乙", b"2", "2")
    put(world, "丙", b"3", "3")
    put(world, "丁", b"4")
    response = world.response("2")
    key = response.item.section.key
    assert paths(listed(world)) == [
        "1_经费投入/1-01_甲.pdf",
        "2_标准班额/2-01_乙.pdf",
        "3_高中教育/3-01_丙.pdf",
        "未引用材料/0-01_丁.pdf",
    ]
    assert files_in(archive_of(world, query=f"?section={key}")) == [
        "1_经费投入/1-01_甲.pdf",
        "2_标准班额/2-01_乙.pdf",
    ]
    assert files_in(archive_of(world, query=f"?item={response.pk}")) == ["2_标准班额/2-01_乙.pdf"]


def test_labels_that_repeat_put_their_sections_above(db: None) -> None:
    world = make_world(make_framework(**every_kind_data()))
    put(world, "甲", b"1", "1 制度建设情况", "1 抽检合格率")
    assert paths(listed(world)) == [
        "A1_综合保障/1_制度建设情况/1-01_甲.pdf",
        "A2_质量安全/1_抽检合格率/1-01_甲.pdf",
    ]


def test_department_gets_its_items_and_what_was_accepted(world: World) -> None:
    put(world, "甲", b"1", "1")
    put(world, "乙", b"2", "2")
    put(world, "自有", b"3", owner="a2")
    put(world, "他人", b"4", owner="a1")
    Response.objects.filter(pk=world.response("2").pk).update(state=State.ACCEPTED)
    assert paths(listed(world, Role.FILLER, "a1")) == [
        "1_经费投入/1-01_甲.pdf",
        "2_标准班额/2-01_乙.pdf",
        "未引用材料/0-01_他人.pdf",
    ]
    assert paths(listed(world, Role.FILLER, "a2")) == ["2_标准班额/2-01_乙.pdf", "未引用材料/0-01_自有.pdf"]


def test_removed_evidence_is_nowhere_in_it(world: World) -> None:
    put(world, "甲", b"1", "1", removed=True)
    put(world, "乙", b"2", removed=True)
    assert listed(world).folders == ()


@pytest.mark.parametrize(("confirmed", "note"), [(True, "已销毁"), (False, "已申请销毁，停止提供")])
def test_erased_evidence_leaves_a_line(world: World, confirmed: bool, note: str) -> None:
    evidence = put(world, "名单", b"secret", "1")
    erase(world, evidence, confirmed=confirmed)
    archive = archive_of(world)
    assert files_in(archive) == []
    (row,) = rows_of(archive)
    assert (row["title"], row["file"]) == ("名单", None)
    assert row["note"].startswith(note)
    assert row["sha256"] == hashlib.sha256(b"secret").hexdigest()


def test_contents_say_all_there_is_to_know(world: World) -> None:
    put(
        world,
        "经费通知",
        b"12345",
        ("1", {"passage": "第2页"}),
        document_number="赣教字〔2021〕3号",
        issuer="区教体局",
        dated=date(2021, 9, 1),
    )
    put(world, "旧文件", None, "1")
    assert rows_of(archive_of(world)) == [
        {
            "label": 1,
            "item": "经费投入",
            "number": "1-01",
            "title": "经费通知",
            "document_number": "赣教字〔2021〕3号",
            "issuer": "区教体局",
            "dated": "2021-09-01",
            "passage": "第2页",
            "material": None,
            "department": "单位a1",
            "file": "打开",
            "size": 5,
            "note": None,
            "sha256": hashlib.sha256(b"12345").hexdigest(),
        },
        {
            **dict.fromkeys(
                ("document_number", "issuer", "dated", "passage", "material", "file", "size", "sha256")
            ),
            "label": 1,
            "item": "经费投入",
            "number": "1-02",
            "title": "旧文件",
            "department": "单位a1",
            "note": "仅登记出处，无文件",
        },
    ]


@pytest.mark.parametrize(
    ("reference", "note"),
    [
        (None, "缺：尚未提供"),
        ("赣财〔2021〕1号", "已勾选，未附文件：赣财〔2021〕1号"),
        ("", "已勾选，未附文件"),
    ],
)
def test_required_materials_without_evidence_have_rows_of_their_own(
    db: None, reference: str | None, note: str
) -> None:
    world = make_world(make_framework(**every_kind_data()))
    response = world.response("1 制度建设情况")
    put(world, "方案", b"1", (f"1 {response.item.title}", {"material": "实施方案"}))
    if reference is not None:
        MaterialTick.objects.create(response=response, name="人员名册", reference=reference)
    rows = rows_of(archive_of(world, query=f"?item={response.pk}"))
    assert [(row["number"], row["title"], row["material"], row["note"]) for row in rows] == [
        ("1-01", "方案", "实施方案", None),
        (None, "人员名册", "人员名册", note),
    ]


def test_links_lead_to_files_of_the_archive(world: World) -> None:
    for title in ("a b", "完成100%#1", "=cmd|' /C calc'!A0", "甲&乙"):
        put(world, title, title.encode(), "1")
    archive = archive_of(world)
    targets = links_of(archive)
    assert targets[0] == "1_经费投入/1-01_a%20b.pdf"
    assert [target.replace("%20", " ") for target in targets] == files_in(archive)


def test_hostile_titles_stay_text_and_inside_the_folder(world: World) -> None:
    titles = ["../../x", "=1+1", "+1", "-1", "@x", "\u202egnp", "😀" * 100, "同名", "同名", "con"]
    for title in titles:
        put(world, title, b"1", "1", document_number="=2+2")
    archive = archive_of(world)
    names = files_in(archive)
    assert len(set(names)) == len(titles)
    assert {name.count("/") for name in names} == {1}
    sheet = load_workbook(BytesIO(archive.read("材料目录.xlsx")))["材料目录"]
    cells = [sheet.cell(row, column) for row in range(4, 14) for column in (4, 5)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [sheet.cell(row, 4).value for row in range(4, 14)] == titles


def test_same_contents_give_the_same_order_and_bytes(world: World) -> None:
    for number in range(5):
        put(world, f"材料{number}", b"%d" % number, "1", "2")
    occasion, listing = Occasion("统筹员", timezone.now()), listed(world)
    archive = Archive(listing, occasion)
    assert archive.contents == Archive(listed(world), occasion).contents
    assert paths(listing) == paths(listed(world))


def test_lists_name_every_file_with_its_hash(world: World, tmp_path: Path) -> None:
    put(world, "甲", b"one", "1")
    put(world, "乙 丙", b"two" * 100_000, "1")
    archive = archive_of(world)
    listed_files = manifest_of(archive)["files"]
    assert [(each["path"], each["size"], each["state"]) for each in listed_files[2:]] == [
        ("1_经费投入/1-01_甲.pdf", 3, "kept"),
        ("1_经费投入/1-02_乙 丙.pdf", 300_000, "kept"),
    ]
    for each in listed_files:
        assert hashlib.sha256(archive.read(each["path"])).hexdigest() == each["sha256"]
    archive.extractall(tmp_path / "out")
    command = ["sha256sum", "-c", "--strict", "--quiet", "SHA256SUMS"]
    checked = subprocess.run(command, cwd=tmp_path / "out", capture_output=True, check=False)
    assert (checked.returncode, checked.stdout) == (0, b"")
    named = {line[66:] for line in archive.read("SHA256SUMS").decode().splitlines()}
    assert named == set(archive.namelist()) - {"SHA256SUMS"}


def made(world: World) -> Archive:
    return Archive(listed(world), Occasion("统筹员", timezone.now()))


def read(archive: Archive) -> ZipFile:
    """The whole, as long as it said."""
    content = b"".join(archive)
    assert len(content) == archive.size
    zipped = ZipFile(BytesIO(content))
    assert zipped.testzip() is None
    return zipped


def test_what_is_erased_on_the_way_becomes_a_note(world: World) -> None:
    evidence = put(world, "留守儿童名单", b"secret" * 100, "1")
    put(world, "通知", b"open", "1")
    archive = made(world)
    erase(world, evidence)
    zipped = read(archive)
    note = f"1_经费投入/1-01_未收入{'_' * 9}.txt"
    assert files_in(zipped) == [note, "1_经费投入/1-02_通知.pdf"]
    text = zipped.read(note).decode()
    assert text.startswith("这份材料在打包期间已依规定销毁，未能收入。\r\n")
    assert len(text.encode()) == 600
    entry = manifest_of(zipped)["files"][1]
    assert (entry["state"], entry["path"], entry["title"]) == ("gone", note, "留守儿童名单")
    assert entry["sha256"] == hashlib.sha256(text.encode()).hexdigest()
    assert entry["original"] == hashlib.sha256(b"secret" * 100).hexdigest()


def test_what_the_storage_lost_becomes_a_note(world: World, caplog: pytest.LogCaptureFixture) -> None:
    evidence = put(world, "x", b"1", "1")
    storages["evidence"].delete(evidence.files.get().key)
    zipped = read(made(world))
    (entry,) = manifest_of(zipped)["files"][1:]
    assert entry["state"] == "lost"
    assert len(zipped.read(entry["path"])) == 1
    assert "the storage does not have" in caplog.text


@pytest.mark.parametrize(("there", "sent"), [(b"12", b"12\0\0"), (b"123456", b"1234")])
def test_a_damaged_file_is_made_up_for_and_named(
    world: World, there: bytes, sent: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    evidence = put(world, "x", b"1234", "1")
    with storages["evidence"].open(evidence.files.get().key, "wb") as file:
        file.write(there)
    zipped = read(made(world))
    assert zipped.read("1_经费投入/1-01_x.pdf") == sent
    (entry,) = manifest_of(zipped)["files"][1:]
    assert (entry["state"], entry["sha256"]) == ("torn", hashlib.sha256(b"1234").hexdigest())
    assert "has not the 4 bytes" in caplog.text


def test_a_storage_that_does_not_answer_breaks_it_off(world: World, folder: Path) -> None:
    evidence = put(world, "x", b"1234", "1")
    key = evidence.files.get().key
    storages["evidence"].delete(key)
    (folder / key).mkdir()
    with pytest.raises(StorageDown):
        b"".join(made(world))


def test_who_goes_away_leaves_no_file_open(world: World) -> None:
    put(world, "x", b"1" * (3 * streaming.PIECE), "1")
    pieces = iter(made(world))
    while next(pieces) != b"1" * streaming.PIECE:
        pass
    opened = set(Path("/proc/self/fd").iterdir())
    pieces.close()
    still = set(Path("/proc/self/fd").iterdir())
    assert len(still) == len(opened) - 1


def test_pieces_are_small_however_large_the_file(world: World) -> None:
    put(world, "x", b"1" * (5 * streaming.PIECE), "1")
    assert max(map(len, made(world))) <= streaming.PIECE


@pytest.mark.parametrize("number", [1, 6])
def test_queries_do_not_grow_with_the_evidence(world: World, number: int) -> None:
    for each in range(number):
        put(world, f"甲{each}", b"1", "1", "2", "3")
        put(world, f"乙{each}", b"1")
    with CaptureQueriesContext(connection) as queries:
        listed(world)
    assert len(queries) == 9


def test_download_stands_in_the_trail(world: World) -> None:
    put(world, "甲", b"123", "1")
    archive_of(world, query=f"?item={world.response('1').pk}&copies=once")
    event = Event.objects.get(action="evidence.archived")
    assert (event.actor_name, event.subject_id) == ("coordinator-a", str(world.assessments["a"].pk))
    assert event.organisation_id == world.districts["a"].pk
    assert event.details["files"] == 1
    assert event.details["scope"] == "1 经费投入"
    assert event.details["copies"] is False
    assert event.details["bytes"] > 3
