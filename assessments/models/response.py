"""What a district says on one item. Written by :mod:`assessments.responses` and the workflow alone."""

from decimal import Decimal
from json import JSONEncoder
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assessments.models.assessment import Assessment
from assessments.states import State
from indicators.models import Item, points_field
from indicators.scoring.outcome import FIGURE_DIGITS, FIGURE_PLACES

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class ResponseState(models.TextChoices):
    """The labels of :class:`assessments.states.State`."""

    EMPTY = State.EMPTY.value, _("empty")
    DRAFT = State.DRAFT.value, _("draft")
    SUBMITTED = State.SUBMITTED.value, _("submitted")
    ACCEPTED = State.ACCEPTED.value, _("accepted")
    RETURNED = State.RETURNED.value, _("returned")


def figure_field(verbose_name: "StrOrPromise", *, null: bool = False) -> models.DecimalField:
    """A figure as the scoring core takes it."""
    return models.DecimalField(
        verbose_name, max_digits=FIGURE_DIGITS, decimal_places=FIGURE_PLACES, null=null
    )


class ResponseManager(models.Manager["Response"]):
    """Without what was withdrawn: no page, total or list counts it."""

    def get_queryset(self) -> models.QuerySet["Response"]:
        return super().get_queryset().filter(withdrawn=False)


class Response(models.Model):
    """The answer to one item (填报): text, applicability, figures, and the two scores of the district.

    ``computed_score`` is what the item's rules propose, ``None`` where they do not decide or a figure is
    missing. ``department_score`` is the lead department's; ``district_score`` the coordinator's, set on
    accepting; it is what the report prints. Unscored is ``None``, never 0. ``version`` counts the saves.
    ``withdrawn`` is set where its item is gone from the framework that the cycle was moved to: the response
    is kept, and found by ``everything`` alone.
    """

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="responses")
    item = models.ForeignKey(Item, models.PROTECT, related_name="responses", verbose_name=_("item"))
    state = models.CharField(_("state"), max_length=16, choices=ResponseState, default=ResponseState.EMPTY)
    narrative = models.TextField(_("what was done"), blank=True)
    applicable = models.BooleanField(_("applicable"), default=True)
    na_reason = models.CharField(_("reason for not applicable"), max_length=500, blank=True)
    computed_score = points_field(_("computed score"), null=True, blank=True)
    department_score = points_field(_("department score"), null=True, blank=True)
    department_reason = models.CharField(_("reason for the points"), max_length=500, blank=True)
    district_score = points_field(_("district score"), null=True, blank=True)
    district_reason = models.CharField(_("reason for the district's points"), max_length=500, blank=True)
    return_reason = models.CharField(_("reason for returning"), max_length=500, blank=True)
    version = models.PositiveIntegerField(_("version"), default=0)
    saved_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("saved by")
    )
    saved_at = models.DateTimeField(_("saved at"), null=True, blank=True)
    withdrawn = models.BooleanField(_("withdrawn"), default=False)

    objects = ResponseManager()
    everything = models.Manager["Response"]()

    class Meta:
        ordering = ("assessment_id", "item__section__order", "item__order")
        verbose_name = _("response")
        verbose_name_plural = _("responses")
        constraints = (
            models.UniqueConstraint(fields=("assessment", "item"), name="response_once_an_item"),
            models.CheckConstraint(
                condition=(Q(computed_score__isnull=True) | Q(computed_score__gte=0))
                & (Q(department_score__isnull=True) | Q(department_score__gte=0))
                & (Q(district_score__isnull=True) | Q(district_score__gte=0)),
                name="response_scores_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(applicable=True) | ~Q(na_reason=""), name="response_na_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(district_score__isnull=True) | Q(state=State.ACCEPTED),
                name="response_district_score_when_accepted",
            ),
        )

    def __str__(self) -> str:
        return str(self.item)

    @property
    def score(self) -> Decimal | None:
        """The points that count so far: the district's, before accepting the department's."""
        return self.district_score if self.state == State.ACCEPTED else self.department_score


class MeasureValue(models.Model):
    """A figure of a response (数据指标), by the code that the item's rules use."""

    response = models.ForeignKey(Response, models.CASCADE, related_name="measure_values")
    code = models.SlugField(_("code"), max_length=40)
    value = figure_field(_("value"))

    class Meta:
        ordering = ("response_id", "code")
        constraints = (models.UniqueConstraint(fields=("response", "code"), name="measure_value_once"),)

    def __str__(self) -> str:
        return f"{self.code} {self.value}"


class MaterialTick(models.Model):
    """A required material that the response has (佐证材料), by the name that the framework gives it.

    ``reference`` says where it is: a document number (文号), a title; "" where it is only ticked.
    """

    response = models.ForeignKey(Response, models.CASCADE, related_name="material_ticks")
    name = models.CharField(_("name"), max_length=200)
    reference = models.CharField(_("document number or title"), max_length=200, blank=True)

    class Meta:
        ordering = ("response_id", "pk")
        constraints = (models.UniqueConstraint(fields=("response", "name"), name="material_tick_once"),)

    def __str__(self) -> str:
        return self.name


class Reckoned(models.Model):
    """Points that a response lost or earned, and why.

    ``rule_kind`` names the rule that took or gave them, "" where a person did. ``reason`` is a sentence of
    the report, so Chinese, without its closing mark and without the points.
    """

    order = models.PositiveSmallIntegerField(_("order"))
    reason = models.CharField(_("reason"), max_length=500)
    rule_kind = models.CharField(_("rule"), max_length=32, blank=True)
    measured = figure_field(_("measured"), null=True)
    standard = figure_field(_("standard"), null=True)
    unit = models.CharField(_("unit"), max_length=20, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.reason


class Deduction(Reckoned):
    """Points lost on a response (扣分): they add up to weight less the score that counts."""

    response = models.ForeignKey(Response, models.CASCADE, related_name="deductions")
    points = points_field(_("points lost"))

    class Meta:
        ordering = ("response_id", "order")
        verbose_name = _("deduction")
        verbose_name_plural = _("deductions")
        constraints = (
            models.UniqueConstraint(fields=("response", "order"), name="deduction_order"),
            models.CheckConstraint(condition=Q(points__gt=0), name="deduction_points_positive"),
            models.CheckConstraint(condition=~Q(reason=""), name="deduction_has_reason"),
        )


class Credit(Reckoned):
    """Points earned on a bonus item (加分): they add up to the score that counts."""

    response = models.ForeignKey(Response, models.CASCADE, related_name="credits")
    points = points_field(_("points earned"))

    class Meta:
        ordering = ("response_id", "order")
        verbose_name = _("credit")
        verbose_name_plural = _("credits")
        constraints = (
            models.UniqueConstraint(fields=("response", "order"), name="credit_order"),
            models.CheckConstraint(condition=Q(points__gt=0), name="credit_points_positive"),
            models.CheckConstraint(condition=~Q(reason=""), name="credit_has_reason"),
        )


class UnescapedEncoder(JSONEncoder):
    """Writes Chinese as it is: SQLite keeps the text of JSON, and escapes take twice the bytes."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"ensure_ascii": False})


class ResponseRevision(models.Model):
    """One save, kept for good: the whole content after it. The database refuses to change or delete it.

    ``operation`` names the save as the browser did: one that is sent again is found by it, and not repeated.
    """

    response = models.ForeignKey(Response, models.PROTECT, related_name="revisions")
    version = models.PositiveIntegerField(_("version"))
    content = models.JSONField(_("content"), encoder=UnescapedEncoder)
    operation = models.UUIDField(null=True)
    saved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    saved_at = models.DateTimeField(_("saved at"))

    class Meta:
        ordering = ("response_id", "version")
        constraints = (
            models.UniqueConstraint(fields=("response", "version"), name="revision_once"),
            # With a condition SQLite makes an index of it and need not build the table anew.
            models.UniqueConstraint(
                fields=("operation",), condition=Q(operation__isnull=False), name="operation_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.response_id} {self.version}"
