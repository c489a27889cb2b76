"""What an archive holds for a person: item by item the papers, in one order, each under one name.

Read at once, with a constant number of queries; nothing of it is looked up again while the archive is sent.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from accounts.standing import Standing
from assessments.access import responses_visible_to
from assessments.evidence.access import evidence_visible_to
from assessments.evidence.archive import names
from assessments.evidence.coverage import required_materials, uncited
from assessments.evidence.formats import FORMATS
from assessments.models import Assessment, Evidence, EvidenceFile, EvidenceUse, MaterialTick, Response
from indicators.models import Section

UNCITED = "未引用材料"
"""The folder of what no item cites, in the archive of the whole."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One piece of evidence in the folder of one item.

    ``path`` is where its file lies in the archive, "" where there is none: it is a reference alone, or it is
    ``erased`` or to be. ``stored`` is false where the file lies at that path for another item already.
    """

    number: str
    evidence: Evidence
    file: EvidenceFile | None
    path: str = ""
    erased: bool = False
    stored: bool = False
    materials: tuple[str, ...] = ()
    passages: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return self.evidence.title

    @property
    def dated(self) -> date | None:
        return self.evidence.dated


@dataclass(frozen=True, slots=True)
class Folder:
    """The papers of one item, or with ``response`` ``None`` those that no item cites.

    ``missing`` are required materials that are not there; ``ticked`` those that are said to be there without
    evidence, each with what is said of where it is.
    """

    name: str
    label: str
    title: str
    section: str
    response: Response | None
    papers: tuple[Paper, ...]
    missing: tuple[str, ...] = ()
    ticked: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """What one archive holds. ``scope`` says of what, in words; "" is the whole assessment."""

    assessment: Assessment
    scope: str
    folders: tuple[Folder, ...]

    def papers(self) -> Iterator[Paper]:
        """All papers, in order."""
        for folder in self.folders:
            yield from folder.papers

    def stored(self) -> Iterator[tuple[Paper, EvidenceFile]]:
        """The papers whose files lie in the archive, each path once."""
        for paper in self.papers():
            if paper.stored and paper.file:
                yield paper, paper.file

    @property
    def count(self) -> int:
        """Files in the archive."""
        return sum(1 for _stored in self.stored())

    @property
    def bytes(self) -> int:
        """What they have together."""
        return sum(file.size for _paper, file in self.stored())

    @property
    def missing(self) -> int:
        """Required materials that are not there."""
        return sum(len(folder.missing) for folder in self.folders)


def list_archive(
    standing: Standing,
    assessment: Assessment,
    *,
    section: Section | None = None,
    response: Response | None = None,
    copies: bool = True,
) -> Listing:
    """The archive of an assessment, of one of its sections or of one item, as far as the person sees it.

    With ``copies`` a file lies in the folder of every item that cites it, so that each folder is whole when
    it is handed on by itself; without, only in the first. Eight queries at most. Needs ``cycle`` and
    ``organisation`` of the assessment read along.
    """
    responses = _responses(standing, assessment, section, response)
    uses = _uses(standing, responses)
    wanted = required_materials(responses)
    ticks = _ticks(responses)
    folders = [_folder(each, uses[each.pk], wanted.get(each.pk, {}), ticks[each.pk]) for each in responses]
    if section is None and response is None:
        folders.append(_uncited(standing, assessment))
    held = [each for each in folders if each.papers or each.missing or each.ticked]
    placed = tuple(_placed(_named(held)))
    scope = str(response.item) if response else section.title if section else ""
    return Listing(assessment, scope, placed if copies else tuple(_each_once(placed)))


def _responses(
    standing: Standing, assessment: Assessment, section: Section | None, response: Response | None
) -> list[Response]:
    found = responses_visible_to(standing).filter(assessment=assessment)
    if section:
        found = found.filter(item__section=section)
    if response:
        found = found.filter(pk=response.pk)
    return list(found.select_related("item__section").order_by("item__section__order", "item__order"))


def _with_last_file(evidence: "QuerySet[Evidence]") -> "QuerySet[Evidence]":
    """With its newest revision alone: the earlier ones are history."""
    of_same = EvidenceFile.objects.filter(evidence=OuterRef("evidence")).order_by("-number")
    last = EvidenceFile.objects.filter(pk=Subquery(of_same.values("pk")[:1])).select_related("erasure")
    return evidence.select_related("owner").prefetch_related(Prefetch("files", last))


def _uses(standing: Standing, responses: Iterable[Response]) -> dict[int, list[EvidenceUse]]:
    """By response, in their order."""
    visible = _with_last_file(evidence_visible_to(standing))
    found: dict[int, list[EvidenceUse]] = defaultdict(list)
    uses = EvidenceUse.objects.filter(
        response__in=[each.pk for each in responses], evidence__in=visible.values("pk")
    )
    for use in uses.order_by("response", "order", "pk").prefetch_related(Prefetch("evidence", visible)):
        found[use.response_id].append(use)
    return found


def _ticks(responses: Iterable[Response]) -> dict[int, dict[str, str]]:
    """By response, what is said of where each ticked material is."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    ticks = MaterialTick.objects.filter(response__in=[each.pk for each in responses])
    for response, name, reference in ticks.values_list("response", "name", "reference"):
        found[response][name] = reference
    return found


def _folder(
    response: Response, uses: Sequence[EvidenceUse], wanted: Mapping[str, bool], ticks: Mapping[str, str]
) -> Folder:
    by_evidence: dict[int, list[EvidenceUse]] = {}
    for use in uses:
        by_evidence.setdefault(use.evidence_id, []).append(use)
    label, cited = response.item.label, {use.material for use in uses}
    papers = tuple(
        replace(
            _paper(label, number, len(by_evidence), same[0].evidence),
            materials=_each(use.material for use in same),
            passages=_each(use.passage for use in same),
        )
        for number, same in enumerate(by_evidence.values(), 1)
    )
    return Folder(
        names.folder_name(label, response.item.title),
        label,
        response.item.title,
        response.item.section.title,
        response,
        papers,
        tuple(name for name, there in wanted.items() if not there),
        tuple((name, ticks.get(name, "")) for name, there in wanted.items() if there and name not in cited),
    )


def _uncited(standing: Standing, assessment: Assessment) -> Folder:
    visible = evidence_visible_to(standing).filter(pk__in=uncited(assessment).values("pk"))
    found = list(_with_last_file(visible).order_by("title", "pk"))
    papers = tuple(_paper("0", number, len(found), each) for number, each in enumerate(found, 1))
    return Folder(UNCITED, "", UNCITED, "", None, papers)


def _paper(label: str, number: int, count: int, evidence: Evidence) -> Paper:
    file = next(iter(evidence.files.all()), None)
    erased = getattr(file, "erasure", None) is not None
    return Paper(names.running_number(label, number, count), evidence, file, erased=erased)


def _each(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in words if word))


def _named(folders: Sequence[Folder]) -> Iterator[Folder]:
    """Each name once. Where the labels of items repeat, as they may over sections, sections come above."""
    labels = [folder.label.casefold() for folder in folders if folder.response]
    repeat, taken = len(set(labels)) < len(labels), set[str]()
    for folder in folders:
        name = folder.name
        if repeat and folder.response:
            section = folder.response.item.section
            above = names.folder_name(section.label or str(section.order), section.title, names.SECTION)
            name = f"{above}/{name}"
        yield replace(folder, name=names.once(name, taken))


def _placed(folders: Iterable[Folder]) -> Iterator[Folder]:
    """The papers at their paths. Their numbers keep the names apart."""
    for folder in folders:
        yield replace(folder, papers=tuple(_put_into(folder.name, paper) for paper in folder.papers))


def _put_into(folder: str, paper: Paper) -> Paper:
    if paper.file is None or paper.erased:
        return paper
    evidence, extension = paper.evidence, FORMATS[paper.file.format].extension
    name = names.file_name(paper.number, evidence.document_number, evidence.title, extension)
    return replace(paper, path=f"{folder}/{name}", stored=True)


def _each_once(folders: Iterable[Folder]) -> Iterator[Folder]:
    """Later papers of the same file name the place of the first."""
    places: dict[int, str] = {}
    for folder in folders:
        papers = []
        for paper in folder.papers:
            if paper.stored and paper.file:
                first = places.setdefault(paper.file.pk, paper.path)
                paper = replace(paper, path=first, stored=first == paper.path)
            papers.append(paper)
        yield replace(folder, papers=tuple(papers))
