"""What is measured: a framework is a weighted tree, Framework > Section > optional Group > Item.

Only items carry weight. A published framework is immutable: the model says so, and so does the database
(triggers in the migrations). All points are Decimals with two decimals; thresholds are percent.
"""

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, overload

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from indicators.scoring.grading import Band
from indicators.scoring.rollup import NaPolicy
from indicators.scoring.rules import InvalidRules, Rule, parse_rules
from indicators.wording import describe_rule

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
    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("published")
    SUPERSEDED = "superseded", _("superseded")


class Policy(models.TextChoices):
    """What an item that does not apply is worth; see :class:`indicators.scoring.rollup.NaPolicy`."""

    FULL = NaPolicy.FULL.value, _("full credit")
    EXCLUDE = NaPolicy.EXCLUDE.value, _("left out, the total scaled")
    ZERO = NaPolicy.ZERO.value, _("no points")


class FrameworkQuerySet(models.QuerySet["Framework"]):
    def with_tree(self) -> "FrameworkQuerySet":
        """With sections, groups, items, measures and bands read along: six queries whatever the size."""
        return self.prefetch_related("sections__groups", "sections__items__measures", "grade_bands")


class Framework(models.Model):
    """One version of an indicator framework (指标体系)."""

    code = models.CharField(_("code"), max_length=32)
    version = models.CharField(_("version"), max_length=32)
    year = models.PositiveSmallIntegerField(_("year"))
    title = models.CharField(_("title"), max_length=200)
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
                condition=Q(status=FrameworkStatus.DRAFT, published_at__isnull=True)
                | ~Q(status=FrameworkStatus.DRAFT) & Q(published_at__isnull=False),
                name="framework_published_at",
            ),
        )

    def __str__(self) -> str:
        return f"{self.title} {self.version}"

    def clean(self) -> None:
        if Framework.objects.filter(pk=self.pk).exclude(status=FrameworkStatus.DRAFT).exists():
            raise ValidationError(_("A published framework cannot be changed. Copy it to a new version."))

    def bands(self) -> tuple[Band, ...]:
        """The grade bands, best first. One query unless prefetched."""
        return tuple(Band(band.name, band.threshold) for band in self.grade_bands.all())


class GradeBand(models.Model):
    """A grade (等次) and the percent from which it is given."""

    framework = models.ForeignKey(Framework, models.CASCADE, related_name="grade_bands")
    order = models.PositiveSmallIntegerField(_("order"))
    name = models.CharField(_("grade"), max_length=20)
    threshold = models.DecimalField(_("from (percent)"), max_digits=5, decimal_places=2)

    class Meta:
        ordering = ("framework", "order")
        verbose_name = _("grade band")
        verbose_name_plural = _("grade bands")
        constraints = (
            models.UniqueConstraint(fields=("framework", "order"), name="grade_band_order"),
            models.UniqueConstraint(fields=("framework", "name"), name="grade_band_name"),
            models.CheckConstraint(condition=Q(threshold__gte=0), name="grade_band_threshold"),
        )

    def __str__(self) -> str:
        return self.name


class Section(models.Model):
    """A first-level indicator (一级指标). Its weight is the sum of its items'; a draft may state another."""

    framework = models.ForeignKey(Framework, models.CASCADE, related_name="sections")
    order = models.PositiveSmallIntegerField(_("order"))
    title = models.CharField(_("title"), max_length=100)
    stated_weight = points_field(_("stated weight"), null=True, blank=True)

    class Meta:
        ordering = ("framework", "order")
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        constraints = (
            models.UniqueConstraint(fields=("framework", "order"), name="section_order"),
            models.CheckConstraint(
                condition=Q(stated_weight__isnull=True) | Q(stated_weight__gte=0),
                name="section_stated_weight",
            ),
        )

    def __str__(self) -> str:
        return self.title


class Group(models.Model):
    """An optional second level (二级指标) between section and item."""

    section = models.ForeignKey(Section, models.CASCADE, related_name="groups")
    order = models.PositiveSmallIntegerField(_("order"))
    label = models.CharField(_("label"), max_length=20, blank=True)
    title = models.CharField(_("title"), max_length=100)

    class Meta:
        ordering = ("section", "order")
        verbose_name = _("group")
        verbose_name_plural = _("groups")
        constraints = (models.UniqueConstraint(fields=("section", "order"), name="group_order"),)

    def __str__(self) -> str:
        return self.title


class Item(models.Model):
    """A scored item (三级指标, 观测点). ``label`` is its number as printed: free text."""

    section = models.ForeignKey(Section, models.CASCADE, related_name="items")
    group = models.ForeignKey(Group, models.CASCADE, null=True, blank=True, related_name="items")
    order = models.PositiveSmallIntegerField(_("order"))
    label = models.CharField(_("label"), max_length=20)
    title = models.CharField(_("title"), max_length=60)
    requirement = models.TextField(_("requirement"), blank=True)
    weight = points_field(_("weight"))
    na_allowed = models.BooleanField(_("may be not applicable"), default=False)
    rules = models.JSONField(_("scoring rules"), default=list, blank=True)

    class Meta:
        ordering = ("section", "order")
        verbose_name = _("item")
        verbose_name_plural = _("items")
        constraints = (
            models.UniqueConstraint(fields=("section", "order"), name="item_order"),
            models.CheckConstraint(
                condition=Q(weight__gte=0),
                name="item_weight",
                violation_error_message=_("A weight is 0 or more."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.label} {self.title}"

    def clean(self) -> None:
        try:
            self.parsed_rules()
        except InvalidRules as problem:
            message = _("These rules cannot be used: %(problem)s.") % {"problem": problem}
            raise ValidationError({"rules": message}) from problem
        if self.group and self.group.section_id != self.section_id:
            raise ValidationError({"group": _("The group belongs to another section.")})

    def parsed_rules(self) -> tuple[Rule, ...]:
        """The rules as values. Raises :class:`indicators.scoring.rules.InvalidRules`."""
        return parse_rules(self.rules)

    def measure_names(self) -> dict[str, str]:
        """Names of the item's figures by code. One query unless prefetched."""
        return {measure.code: measure.name for measure in self.measures.all()}

    def rules_in_words(self) -> list[str]:
        """How points are lost, a sentence a rule, in the reader's language."""
        names = self.measure_names()
        return [describe_rule(rule, names) for rule in self.parsed_rules()]


class Measure(models.Model):
    """A figure that an item's rules need (数据指标): its code in the rules, its name and unit."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="measures")
    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=100)
    unit = models.CharField(_("unit"), max_length=20, blank=True)

    class Meta:
        ordering = ("item", "id")
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        constraints = (models.UniqueConstraint(fields=("item", "code"), name="measure_code"),)

    def __str__(self) -> str:
        return self.name
