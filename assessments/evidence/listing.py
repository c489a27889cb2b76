"""The library as a list: searched, narrowed, sorted, a page of it at a time; a constant number of queries."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Exists, F, OrderBy, OuterRef, Prefetch, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts.standing import Standing
from assessments.evidence.access import evidence_visible_to, removed_to_put_back, uses_visible_to
from assessments.evidence.document_numbers import as_searched, normalised, office_of
from assessments.evidence.formats import FORMATS, Format
from assessments.models import Assessment, Evidence, EvidenceFile, EvidenceKind, EvidenceUse
from assessments.text import clean_line

PAGE = 50
"""Pieces of evidence on a page."""

ISSUERS = 500
"""Pairs of issuer and number that are looked at for suggestions."""

SORTS: dict[str, tuple[tuple[str | OrderBy, ...], Promise]] = {
    "newest": ((F("added_at").desc(), F("pk").desc()), gettext_lazy("newest first")),
    "title": (("title", "pk"), gettext_lazy("by title")),
    "number": (("document_number", "title", "pk"), gettext_lazy("by document number")),
    "dated": ((F("dated").desc(nulls_last=True), "title", "pk"), gettext_lazy("by date of the document")),
    "owner": (("owner__code", "title", "pk"), gettext_lazy("by department")),
}
"""Orders of the list, with their names."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for: words in title, number, issuer or file name, and what it is narrowed to.

    ``section`` is the key of one, ``item`` the number of a response, ``department`` of an organisation.
    """

    words: str = ""
    section: UUID | None = None
    item: int | None = None
    department: int | None = None
    kind: str = ""
    uncited: bool = False
    sort: str = "newest"

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Wanted":
        """From the address; what is no such thing is left out."""
        kind, sort = query.get("kind", ""), query.get("sort", "")
        return cls(
            words=clean_line(query.get("q", "")[:100]),
            section=_key(query.get("section", "")),
            item=_number(query.get("item", "")),
            department=_number(query.get("department", "")),
            kind=kind if kind in EvidenceKind.values else "",
            uncited=query.get("show") == "uncited",
            sort=sort if sort in SORTS else "newest",
        )

    @property
    def narrows(self) -> bool:
        """Whether anything is left out but by ``uncited``."""
        return bool(self.words or self.section or self.item or self.department or self.kind)


@dataclass(frozen=True, slots=True)
class Row:
    """A piece of evidence in the list. ``file`` is the newest revision that is left, else the newest;
    ``uses`` are those that the reader sees, an item once; ``cited`` says whether any item cites it."""

    evidence: Evidence
    file: EvidenceFile | None
    uses: list[EvidenceUse]
    cited: bool

    @property
    def format(self) -> Format | None:
        return FORMATS.get(self.file.format) if self.file else None

    @property
    def is_withheld(self) -> bool:
        """Whether nothing of it is left to be read."""
        return self.file is not None and is_withheld(self.file)

    @property
    def number_is_odd(self) -> bool:
        """Whether the document number cannot be read as 代字〔年份〕序号号."""
        return is_odd(self.evidence.document_number)


def is_odd(number: str) -> bool:
    """Whether a document number is there that is none by the standard."""
    return bool(number) and normalised(number) is None


def current_file(evidence: Evidence) -> EvidenceFile | None:
    """The newest revision that is not erased, else the newest. Needs ``files__erasure`` read along."""
    files = list(evidence.files.all())
    left = [file for file in files if not is_withheld(file)]
    return (left or files)[-1] if files else None


def is_withheld(file: EvidenceFile) -> bool:
    """Whether the file is nobody's to read: erased, or its erasure asked for. Needs ``erasure`` read
    along."""
    return getattr(file, "erasure", None) is not None


def library_of(standing: Standing, assessment: Assessment) -> QuerySet[Evidence]:
    """What of a district's library a person sees, each with ``cited``."""
    return evidence_visible_to(standing).filter(assessment=assessment).annotate(cited=Exists(_uses()))


def removed_from(standing: Standing, assessment: Assessment) -> QuerySet[Evidence]:
    """The same of what was removed and the person may put back."""
    return removed_to_put_back(standing, assessment).annotate(cited=Exists(_uses()))


def matching(library: QuerySet[Evidence], wanted: Wanted, standing: Standing) -> QuerySet[Evidence]:
    """What of the library somebody looks for, in their order."""
    if wanted.words:
        words, number = wanted.words, as_searched(wanted.words)
        named = EvidenceFile.objects.filter(name__icontains=words)
        found = Q(title__icontains=words) | Q(issuer__icontains=words) | Q(pk__in=named.values("evidence"))
        library = library.filter(found | Q(document_number__icontains=normalised(words) or number))
    if wanted.section or wanted.item:
        uses = uses_visible_to(standing)
        uses = uses.filter(response=wanted.item) if wanted.item else uses
        uses = uses.filter(response__item__section__key=wanted.section) if wanted.section else uses
        library = library.filter(pk__in=uses.values("evidence"))
    if wanted.department:
        library = library.filter(owner=wanted.department)
    if wanted.kind:
        library = library.filter(kind=wanted.kind)
    if wanted.uncited:
        library = library.filter(~Exists(_uses()))
    return library.order_by(*SORTS[wanted.sort][0])


def _uses() -> QuerySet[EvidenceUse]:
    return EvidenceUse.objects.filter(evidence=OuterRef("pk"), response__withdrawn=False)


def page_of(found: QuerySet[Evidence], standing: Standing, number: str | None) -> "Page[Evidence]":
    """A page of it with all that its rows read."""
    uses = uses_visible_to(standing).select_related("response__item__section")
    files = EvidenceFile.objects.select_related("erasure").order_by("number")
    whole = found.select_related("owner").prefetch_related(
        Prefetch("files", files),
        Prefetch("uses", uses.order_by("response__item__section__order", "response__item__order", "order")),
    )
    return Paginator(whole, PAGE).get_page(number)


def rows_of(page: "Page[Evidence]") -> list[Row]:
    """The lines of a page."""
    return [
        Row(evidence, current_file(evidence), _each_item_once(evidence), evidence.cited)  # type: ignore[attr-defined]
        for evidence in page
    ]


def _each_item_once(evidence: Evidence) -> list[EvidenceUse]:
    return list({use.response_id: use for use in evidence.uses.all()}.values())


def sort_names() -> list[tuple[str, Promise]]:
    return [(name, words) for name, (_order, words) in SORTS.items()]


def issuers_known_to(standing: Standing, assessment: Assessment, number: str = "") -> list[str]:
    """Issuers of what a person sees of the district's evidence of all years, to be suggested; those of the
    same 代字 as ``number`` first."""
    earlier = evidence_visible_to(standing).filter(assessment__organisation=assessment.organisation_id)
    pairs = earlier.exclude(issuer="").order_by("issuer").values_list("issuer", "document_number").distinct()
    office, known = office_of(number), dict[str, bool]()
    for issuer, other in pairs[:ISSUERS]:
        known[issuer] = known.get(issuer, False) or (bool(office) and office_of(other) == office)
    return sorted(known, key=lambda issuer: not known[issuer])


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
