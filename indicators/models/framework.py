"""A framework version as a whole, and its grades. Thresholds are percent, points have two decimals."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, overload

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.roles import OrganisationKind
from indicators.scoring.grading import Band
from indicators.scoring.rollup import NaPolicy

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@overload
def points_field(
    verbose_name: "StrOrPromise", *, null: Literal[True], blank: bool = ...
) -> "models.DecimalField[Decimal | None, Decimal | None]": ...


@overload
def points_field(
    verbose_name: "StrOrPromise", *, default: Decimal = ...
) -> "models.DecimalField[Decimal, Decimal]": ...


def points_field(verbose_name: "StrOrPromise", **options: Any) -> "models.DecimalField[Any, Any]":
    """A field of points: two decimals, up to 9999.99."""
    return models.DecimalField(verbose_name, max_digits=6, decimal_places=2, **options)


class FrameworkStatus(models.TextChoices):
    DRAFT = "draft", _("draft framework")
    CONSULTING = "consulting", _("open to comments")
    PUBLISHED = "published", _("published")
    SUPERSEDED = "superseded", _("superseded")


UNPUBLISHED = (FrameworkStatus.DRAFT, FrameworkStatus.CONSULTING)


class Policy(models.TextChoices):
    """What an item that does not apply is worth; see :class:`indicators.scoring.rollup.NaPolicy`."""

    FULL = NaPolicy.FULL.value, _("full credit")
    EXCLUDE = NaPolicy.EXCLUDE.value, _("left out, the total scaled")
    ZERO = NaPolicy.ZERO.value, _("no points")


class FrameworkQuerySet(models.QuerySet["Framework"]):
    def with_tree(self) -> "FrameworkQuerySet":
        """The whole tree and the bands read along: a constant number of queries, whatever the size."""
        return self.prefetch_related(
            "sections__groups", "sections__items__measures", "sections__items__materials", "grade_bands"
        )


class Framework(models.Model):
    """One version of an indicator framework (指标体系).

    ``committee`` owns it; without one every committee's secretary may edit the draft. ``stated_weight`` is
    the total it announces, bonus left out (100, 102, 118, 150). ``profiles`` are the kinds of district (城区,
    乡镇) for which nodes may be alternatives. ``predecessor`` is the version it was copied from.
    """

    code = models.CharField(_("code"), max_length=32)
    version = models.CharField(_("version"), max_length=32)
    year = models.PositiveSmallIntegerField(_("year"))
    title = models.CharField(_("title"), max_length=200)
    committee = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="frameworks",
        verbose_name=_("committee"),
    )
    predecessor = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="successors",
        verbose_name=_("copied from"),
    )
    notes = models.TextField(_("notes"), blank=True)
    stated_weight = points_field(_("stated total"), null=True, blank=True)
    profiles = models.JSONField(_("kinds of district"), default=list, blank=True)
    status = models.CharField(
        _("status"), max_length=16, choices=FrameworkStatus, default=FrameworkStatus.DRAFT
    )
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    step = points_field(_("step of points typed by hand"), default=Decimal("0.1"))
    computed_step = points_field(_("step of computed points"), default=Decimal("0.01"))
    na_policy = models.CharField(_("not applicable"), max_length=16, choices=Policy, default=Policy.FULL)
    bonus_may_exceed = models.BooleanField(_("bonus may pass the full total"), default=False)
    bands_are_example = models.BooleanField(
        _("grade thresholds are an example"),
        default=False,
        help_text=_("Set where the authority has not published its thresholds."),
    )

    objects = FrameworkQuerySet.as_manager()

    class Meta:
        ordering = ("-year", "code", "version")
        verbose_name = _("framework")
        verbose_name_plural = _("frameworks")
        constraints = (
            models.UniqueConstraint(fields=("code", "version"), name="framework_version"),
            models.CheckConstraint(condition=Q(step__gt=0), name="framework_step_positive"),
            models.CheckConstraint(condition=Q(computed_step__gt=0), name="framework_computed_step_positive"),
            models.CheckConstraint(
                condition=Q(status__in=UNPUBLISHED, published_at__isnull=True)
                | ~Q(status__in=UNPUBLISHED) & Q(published_at__isnull=False),
                name="framework_published_at",
            ),
        )

    def __str__(self) -> str:
        return f"{self.title} {self.version}"

    def clean(self) -> None:
        if Framework.objects.filter(pk=self.pk).exclude(status__in=UNPUBLISHED).exists():
            raise ValidationError(_("A published framework cannot be changed. Copy it to a new version."))
        if self.committee and self.committee.kind != OrganisationKind.COMMITTEE:
            raise ValidationError({"committee": _("A framework belongs to a committee.")})

    def unique_error_message(
        self, model_class: type[models.Model], unique_check: Sequence[str]
    ) -> ValidationError:
        """The one thing that is unique is the version of a code."""
        message = _("There is a version “%(version)s” of the code “%(code)s” already.")
        given = {"version": self.version, "code": self.code}
        return ValidationError(message, code="unique_together", params=given)

    def bands(self) -> tuple[Band, ...]:
        """The grade bands, best first. One query unless prefetched."""
        return tuple(Band(band.name, band.threshold, band.section_floor) for band in self.grade_bands.all())

    @property
    def is_draft(self) -> bool:
        return self.status == FrameworkStatus.DRAFT


class GradeBand(models.Model):
    """A grade (等次), the percent from which it is given, and the one no section may fall under for it."""

    framework = models.ForeignKey(Framework, models.CASCADE, related_name="grade_bands")
    order = models.PositiveSmallIntegerField(_("order"))
    name = models.CharField(_("grade"), max_length=20)
    threshold = models.DecimalField(_("from (percent)"), max_digits=5, decimal_places=2)
    section_floor = models.DecimalField(
        _("every section at least (percent)"), max_digits=5, decimal_places=2, null=True, blank=True
    )

    class Meta:
        ordering = ("framework", "order")
        verbose_name = _("grade band")
        verbose_name_plural = _("grade bands")
        constraints = (
            models.UniqueConstraint(fields=("framework", "order"), name="grade_band_order"),
            models.UniqueConstraint(fields=("framework", "name"), name="grade_band_name"),
            models.CheckConstraint(condition=Q(threshold__gte=0), name="grade_band_threshold"),
            models.CheckConstraint(
                condition=Q(section_floor__isnull=True) | Q(section_floor__gte=0, section_floor__lte=100),
                name="grade_band_section_floor",
            ),
        )

    def __str__(self) -> str:
        return self.name
