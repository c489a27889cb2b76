"""What of the required materials is there, and what evidence no item cites: constant numbers of queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Exists, OuterRef, Q, QuerySet

from assessments.models import Assessment, Evidence, EvidenceFile, EvidenceUse, MaterialTick, Response
from indicators.models import Material, Section


def uses_that_count() -> QuerySet[EvidenceUse]:
    """Uses of evidence that is in the library and of which something is left: a reference, or a file that
    was not erased."""
    files = EvidenceFile.objects.filter(evidence=OuterRef("evidence"))
    left = Exists(files.filter(erasure__isnull=True)) | ~Exists(files)
    return EvidenceUse.objects.filter(Q(left), evidence__removed=False)


def cited_materials(response: Response) -> set[str]:
    """The required materials of one item that evidence is cited as."""
    return set(
        uses_that_count().filter(response=response).exclude(material="").values_list("material", flat=True)
    )


def required_materials(responses: Iterable[Response]) -> dict[int, dict[str, bool]]:
    """By response, the required materials in order, and whether each is there: ticked, or cited.

    Nothing is required of an item that does not apply or that the committee alone scores. Three queries;
    needs ``item`` read along.
    """
    asked = [each for each in responses if each.applicable and not each.item.committee_only]
    numbers = [each.pk for each in asked]
    names: dict[int, list[str]] = defaultdict(list)
    materials = Material.objects.filter(item__in={each.item_id for each in asked})
    for item, name in materials.order_by("item", "order").values_list("item", "name"):
        names[item].append(name)
    ticked = MaterialTick.objects.filter(response__in=numbers).values_list("response", "name")
    cited = uses_that_count().filter(response__in=numbers).values_list("response", "material")
    there = {*ticked, *cited} if names else set()
    return {each.pk: {name: (each.pk, name) in there for name in names[each.item_id]} for each in asked}


def missing_materials(responses: Iterable[Response]) -> dict[int, list[str]]:
    """By response, the required materials that are not there; responses that lack none are left out. As
    :func:`required_materials`."""
    missing = {
        pk: [name for name, is_there in materials.items() if not is_there]
        for pk, materials in required_materials(responses).items()
    }
    return {pk: names for pk, names in missing.items() if names}


def uncited(assessment: Assessment) -> QuerySet[Evidence]:
    """What is in the library and no item cites."""
    cited = EvidenceUse.objects.filter(evidence=OuterRef("pk"), response__withdrawn=False)
    return Evidence.objects.filter(~Exists(cited), assessment=assessment, removed=False)


@dataclass(frozen=True, slots=True)
class SectionCoverage:
    """Of a section: how many materials are ``required`` and ``there``, and by item which are ``missing``."""

    section: Section
    required: int
    there: int
    missing: list[tuple[Response, list[str]]]

    @property
    def lacking(self) -> int:
        return self.required - self.there


def coverage_of(responses: Sequence[Response]) -> list[SectionCoverage]:
    """By section, those that require something. As :func:`required_materials`; needs the responses in the
    order of the framework, with ``item__section`` read along."""
    required = required_materials(responses)
    asked = [each for each in responses if required.get(each.pk)]
    return [
        _covered(section, list(within), required)
        for section, within in groupby(asked, key=lambda each: each.item.section)
    ]


def _covered(
    section: Section, responses: list[Response], required: dict[int, dict[str, bool]]
) -> SectionCoverage:
    missing = [(each, [name for name, there in required[each.pk].items() if not there]) for each in responses]
    there = sum(sum(required[each.pk].values()) for each in responses)
    return SectionCoverage(
        section,
        sum(len(required[each.pk]) for each in responses),
        there,
        [(each, names) for each, names in missing if names],
    )
