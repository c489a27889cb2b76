"""The words: every message has its Chinese, and no page shows English to who did not ask for it.

Message ids are the English text, so the English catalogue is complete when it knows the same messages; where
it leaves one empty, the id itself is shown.
"""

import gettext
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.test import Client
from django.urls import resolve
from django.utils import translation
from pytest_django import Settings

from accounts.models import User
from assessments.models import Assessment, Response
from indicators.scoring.outcome import Answer, ScoredItem, score
from indicators.scoring.rules import parse_rules
from indicators.wording import describe_rule, explain, explain_cause
from reports.demo import load_demo

PROJECT = Path(__file__).resolve().parent.parent
LOCALE = Path("selfassess/locale")
OPTIONS = "--no-location --no-obsolete --no-wrap -i .venv -i var -i tests -i bench".split()  # noqa: SIM905

LATIN = re.compile(r"[A-Za-z]{2,}")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
PLACEHOLDER = re.compile(r"%\(\w+\)s")
TAG = re.compile(r"<[^>]+>")
KNOWN_LATIN = {"PDF", "HTML", "TXT", "XLSX", "Excel", "JSON", "UTF", "true", "false", "demo"}
KNOWN_LATIN |= {"ZIP", "KB", "MB", "GB", "OFD", "HEIC", "JPEG", "Content", "Length"}
KNOWN_LATIN |= {"Word", "WPS", "XML", "xlsx", "xls", "xlsb", "et", "ods", "CSV", "json", "output"}
EXAMPLES = {"“(一)…” begins a heading, “1.…” a numbered paragraph.", "红教督〔2022〕3号", "“三级指标”"}


def catalogue(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES/django.po"


def gettext_tool(*command: str | Path, cwd: Path = PROJECT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def messages_in_use(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template that a fresh ``makemessages`` over a copy of the sources makes."""
    copy = tmp_path_factory.mktemp("sources") / "copy"
    left_out = shutil.ignore_patterns(".*", "var", "tests", "bench", "fixtures", "static", "__pycache__")
    shutil.copytree(PROJECT, copy, ignore=left_out)
    made = gettext_tool(
        sys.executable, "manage.py", "makemessages", "-l", "zh_Hans", "--keep-pot", *OPTIONS, cwd=copy
    )
    assert made.returncode == 0, made.stderr
    return copy / LOCALE / "django.pot"


@pytest.fixture(scope="module")
def chinese(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The Chinese of each message; of a plural the one form, under its singular."""
    compiled = tmp_path_factory.mktemp("compiled") / "zh.mo"
    assert gettext_tool("msgfmt", "-o", compiled, catalogue("zh_Hans")).returncode == 0
    with compiled.open("rb") as file:
        entries = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    return {key if isinstance(key, str) else key[0]: text for key, text in entries.items() if key}


def test_chinese_catalogue_translates_every_message_in_use(messages_in_use: Path) -> None:
    """Neither missing, nor untranslated, nor fuzzy, nor left over: ``msgcmp`` says so of each."""
    compared = gettext_tool("msgcmp", catalogue("zh_Hans"), messages_in_use)
    assert (compared.returncode, compared.stderr) == (0, "")


def test_english_catalogue_knows_every_message_in_use(messages_in_use: Path) -> None:
    compared = gettext_tool("msgcmp", "--use-untranslated", catalogue("en"), messages_in_use)
    assert (compared.returncode, compared.stderr) == (0, "")


def test_messages_are_english(chinese: dict[str, str]) -> None:
    with_chinese = {message for message in chinese if CHINESE.search(message)}
    assert {
        message for message in with_chinese if not any(example in message for example in EXAMPLES)
    } == set()


@pytest.mark.parametrize("language", ["zh_Hans", "en"])
def test_formats_of_both_sides_agree(language: str, tmp_path: Path) -> None:
    checked = gettext_tool("msgfmt", "--check-format", "-o", tmp_path / "checked.mo", catalogue(language))
    assert (checked.returncode, checked.stderr) == (0, "")


def test_placeholders_and_tags_of_both_sides_agree(chinese: dict[str, str]) -> None:
    def marks(text: str) -> list[str]:
        return sorted(PLACEHOLDER.findall(text) + TAG.findall(text))

    # A sentence may name a step twice where the English names it once, and none less; the Chinese of "one
    # item" says its number.
    number = {"%(number)s"}
    differing = {
        message
        for message, text in chinese.items()
        if set(marks(message)) | number != set(marks(text)) | number
    }
    assert differing == set()


def test_chinese_has_no_latin_words(chinese: dict[str, str]) -> None:
    found = {
        message: words
        for message, text in chinese.items()
        if (words := set(LATIN.findall(TAG.sub(" ", PLACEHOLDER.sub(" ", text)))) - KNOWN_LATIN)
    }
    assert found == {}


def test_chinese_punctuation_is_full_width(chinese: dict[str, str]) -> None:
    half = re.compile(r"[\u4e00-\u9fff][,;:?!.]|[,;:?!][\u4e00-\u9fff]")
    assert {text for text in chinese.values() if half.search(text)} == set()


def test_deduction_is_explained_in_chinese() -> None:
    rules = [
        {
            "kind": "shortfall",
            "measure": "share",
            "standard": "90",
            "direction": "at_least",
            "unit": "%",
            "points_per_unit": "0.1",
            "rounding": "down",
        }
    ]
    rule = parse_rules(rules)
    outcome = score(ScoredItem(Decimal(4), rule), Answer(measures={"share": Decimal("80.84")}))
    names = {"share": "小学一、二年级标准班额占比"}
    explanation = outcome.deductions[0].explanation
    cause = (
        "小学一、二年级标准班额占比80.84%，低于标准90%，差9.16个百分点，"
        "每差1个百分点扣0.1分（不足1个百分点不计）"
    )
    with translation.override("zh-hans"):
        assert explain_cause(explanation, names) == cause
        assert explain(explanation, names) == f"{cause}，扣0.9分"
        assert (
            describe_rule(rule[0], names)
            == "小学一、二年级标准班额占比低于90%的，每差1个百分点扣0.1分（不足1个百分点不计）"
        )


class VisibleText(HTMLParser):
    """What a reader sees or hears of a page, and where its links lead; not what is marked as English, nor
    the user names and the like in ``<code>``."""

    SHOWN = ("title", "alt", "aria-label", "placeholder", "data-busy", "data-signed-out")
    VOID = ("meta", "link", "input", "img", "br", "hr")

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text: list[str] = []
        self.links: list[str] = []
        self._hidden = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in self.VOID:
            self.text += [given[name] or "" for name in self.SHOWN if name in given]
        elif self._hidden or given.get("lang") == "en" or tag in ("code", "script", "style"):
            self._hidden += 1
        else:
            self.text += [given[name] or "" for name in self.SHOWN if name in given]
        if tag == "a" and "/file/" not in (given.get("href") or ""):
            self.links.append((given.get("href") or "").partition("#")[0])

    def handle_endtag(self, tag: str) -> None:
        if self._hidden and tag not in self.VOID:
            self._hidden -= 1

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.text.append(data)

    def english(self) -> set[str]:
        return set(LATIN.findall(" ".join(self.text))) - KNOWN_LATIN


def view_of(address: str) -> str:
    return resolve(address.partition("?")[0]).view_name


def crawl(client: Client, start: str = "/") -> Iterator[tuple[str, VisibleText]]:
    """The pages that links lead to from a page, of each kind the first few."""
    waiting, seen, visits = [start], {start}, dict[str, int]()
    while waiting:
        address = waiting.pop(0)
        kind = view_of(address)
        visits[kind] = visits.get(kind, 0) + 1
        if visits[kind] > 3:
            continue
        answer = client.get(address)
        if not answer.headers["Content-Type"].startswith("text/"):
            continue
        page = VisibleText(answer.content.decode())
        yield address, page
        new = [link for link in page.links if link.startswith("/") and link not in seen]
        seen.update(new)
        waiting += new


@pytest.fixture
def demo(db: None, settings: Settings) -> None:
    settings.DEMO = settings.LOCAL = True
    load_demo()


def filler() -> Client:
    client = Client()
    client.force_login(User.objects.get(username="tianbao"))
    return client


def test_chinese_pages_show_no_english(demo: None) -> None:
    english, kinds = {}, set()
    with_figures = Response.objects.get(assessment__cycle__code="2022", item__label="15")
    walks = [(person, "/") for person in User.objects.all()]
    walks.append((User.objects.get(username="tianbao"), f"/responses/{with_figures.pk}/"))
    for person, start in walks:
        client = Client()
        client.force_login(person)
        for address, page in crawl(client, start):
            kinds.add(view_of(address))
            # Said by the real report, and the endings of what it cites.
            if words := page.english() - {"VR", "pdf", "jpg"}:
                english[person.username, address] = words
    assert english == {}
    assert kinds == {
        *("offline", "tasks", "assessments", "assignments", "assignments-from", "assignments-upload"),
        *("home", "password", "tokens", "api-docs", "frameworks", "framework", "assessment", "response"),
        *("report", "report-document", "report-prose", "past-report"),
        *("response-history", "response-revision", "section", "collection", "evidence-archive"),
        *("evidence-library", "evidence-add", "evidence", "evidence-remove", "evidence-erase"),
        "evidence-erasures",
        *("response-evidence-choose", "response-evidence-reference"),
        *("framework-section", "framework-comments", "framework-compare", "framework-copy", "framework-new"),
        *("framework-edit", "framework-node", "framework-add", "framework-history", "framework-publish"),
        *("framework-import", "framework-delete", "cycle-move"),
        *("people-import", "people-passwords"),
        *("people", "people-organisation", "people-organisation-add", "people-organisation-edit"),
        *("person", "person-add", "person-edit", "person-lock", "role-add", "role", "role-deputy"),
    }


def test_sign_in_and_error_pages_show_no_english(demo: None) -> None:
    visitor = Client()
    pages = {"sign in": visitor.get("/sign-in/"), "not found": filler().get("/nothing/")}
    assessment = Assessment.objects.get(cycle__code="2021")
    pages["forbidden"] = filler().get(f"/assessments/{assessment.pk}/report/")
    wrong = {"username": "tianbao", "password": "wrong"}
    for attempt in range(5):
        pages[f"failed sign-in {attempt}"] = visitor.post("/sign-in/", wrong)
    pages["locked"] = pages["failed sign-in 4"]
    statuses = {name: page.status_code for name, page in pages.items() if "failed" not in name}
    assert statuses == {"sign in": 200, "not found": 404, "forbidden": 403, "locked": 429}
    assert {name: VisibleText(page.content.decode()).english() for name, page in pages.items()} == {
        name: set() for name in pages
    }


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"score": "99"}, "得分应在0至4分之间。"),
        ({"score": "3.15"}, "得分应为0.1分的整数倍。"),
        ({"score": "many"}, "请填写数字，如13.5。"),
        ({"score": "3"}, "按细则应得3.1分，请说明自评3分的理由。"),
        ({"score": "3.1", "measure_first_second": "x"}, "请填写数字，如13.5。"),
    ],
)
def test_refusals_are_chinese(demo: None, typed: dict[str, str], message: str) -> None:
    response = Response.objects.get(assessment__cycle__code="2022", item__label="15")
    measure = f"measure_{response.item.measures.get().code}"
    data = {"version": "0", "narrative": "", "reason": "", measure: "80.84"}
    data |= {measure if name.startswith("measure") else name: value for name, value in typed.items()}
    answer = filler().post(f"/responses/{response.pk}/", data)
    page = VisibleText(answer.content.decode())
    assert answer.status_code == 422
    assert page.english() == set()
    assert message in " ".join(page.text)


def test_english_is_shown_to_who_chose_it(demo: None) -> None:
    client = filler()
    client.post("/language/", {"language": "en", "next": "/"})
    home = client.get("/assessments/").content.decode()
    assert "Our department leads 42 items, 42 of them to be filled in or submitted" in home
    assert '<html lang="en">' in home
