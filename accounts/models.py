"""Who: people, the tree of organisations, and the roles that people hold in them."""

from collections.abc import Iterator
from datetime import date
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.roles import HELD_IN, PARENT_KIND, OrganisationKind, Role


class UserManager(BaseUserManager["User"]):
    """Makes users; offices have no e-mail, so none is asked for."""

    def create_user(self, username: str, password: str | None = None, **fields: object) -> "User":
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: object) -> "User":
        """For the operator's first sign-in, to set up organisations and people."""
        return self.create_user(username, password, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Signs in by user name, staff number or phone; what they may do comes from memberships."""

    username = models.CharField(
        _("user name"),
        max_length=64,
        unique=True,
        validators=[RegexValidator(r"^[\w.-]+\Z", _("Letters, digits, dots, hyphens and underscores only."))],
    )
    name = models.CharField(_("name"), max_length=64)
    staff_number = models.CharField(_("staff number"), max_length=32, unique=True, null=True, blank=True)
    phone = models.CharField(
        _("phone"),
        max_length=20,
        unique=True,
        null=True,
        blank=True,
        validators=[RegexValidator(r"^\+?[0-9]{5,19}\Z", _("Digits only."))],
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_demo = models.BooleanField(_("demo account"), default=False, editable=False)
    must_change_password = models.BooleanField(_("must change the password"), default=False, editable=False)
    password_set_at = models.DateTimeField(_("password set"), null=True, blank=True, editable=False)
    sessions_ended = models.PositiveIntegerField(
        _("times all sessions were ended"), default=0, editable=False
    )
    date_joined = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        ordering = ("username",)
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.name or self.username

    def clean(self) -> None:
        super().clean()
        if self.staff_number:
            self.staff_number = self.normalize_username(self.staff_number)
        namesakes = named(self.username, self.staff_number, self.phone).exclude(pk=self.pk)
        if namesakes.exists():
            raise ValidationError(_("Somebody else signs in with this user name, staff number or phone."))

    def lock(self) -> None:
        """Nobody signs in as this person any more, and unlocking revives no session. To be saved."""
        self.is_active = False
        self.sessions_ended += 1

    def get_session_auth_hash(self) -> str:
        """What a session must show: it changes with the password and with each lock."""
        return self._counted(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """The same by the keys of before (``SECRET_KEY_FALLBACKS``)."""
        return map(self._counted, super().get_session_auth_fallback_hash())

    def _counted(self, session_hash: str) -> str:
        return f"{session_hash}.{self.sessions_ended}"

    def get_full_name(self) -> str:
        return self.name

    @property
    def is_staff(self) -> bool:
        """Whether Django's admin lets this person in: the operator alone."""
        return self.is_superuser


def named(*names: str | None) -> models.QuerySet[User]:
    """People who sign in with one of ``names``, be it as user name, staff number or phone."""
    given = [name for name in names if name]
    return User.objects.filter(Q(username__in=given) | Q(staff_number__in=given) | Q(phone__in=given))


class Organisation(models.Model):
    """A committee, a district or a department, in a tree of these three levels."""

    code = models.CharField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("kind"), max_length=16, choices=OrganisationKind)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("belongs to")
    )

    class Meta:
        ordering = ("code",)
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = (
            models.CheckConstraint(
                condition=Q(kind=OrganisationKind.COMMITTEE, parent__isnull=True)
                | ~Q(kind=OrganisationKind.COMMITTEE) & Q(parent__isnull=False),
                name="organisation_parent_by_kind",
                violation_error_message=_("A committee stands at the top; all others belong to one above."),
            ),
            models.UniqueConstraint(fields=("parent", "name"), name="organisation_name_in_parent"),
        )

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.kind not in OrganisationKind.values:
            return
        wanted = PARENT_KIND[OrganisationKind(self.kind)]
        found = self.parent.kind if self.parent else None
        if wanted != found:
            raise ValidationError(
                {"parent": _("A district belongs to a committee, a department to a district.")}
            )
        if Organisation.objects.filter(pk=self.pk).exclude(kind=self.kind).exists():
            raise ValidationError({"kind": _("An organisation keeps its kind.")})


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self, today: date | None = None) -> "MembershipQuerySet":
        """Those in force on ``today`` (the local date); a role that ended counts no more at once."""
        today = today or timezone.localdate()
        return self.filter(
            Q(starts_on__isnull=True) | Q(starts_on__lte=today),
            Q(ends_on__isnull=True) | Q(ends_on__gte=today),
            user__is_active=True,
        )

    def lasting(self) -> "MembershipQuerySet":
        """Those that are not over: in force or to come, of locked accounts, too."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=timezone.localdate()))


class Membership(models.Model):
    """A role of a person in an organisation, from one day to another (both included)."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships", verbose_name=_("person"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="memberships", verbose_name=_("organisation")
    )
    role = models.CharField(_("role"), max_length=32, choices=Role)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    deputises = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="deputies",
        verbose_name=_("stands in for"),
        help_text=_("A deputy stands in until the day on which this role ends."),
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ("organisation", "role", "user")
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = (
            models.UniqueConstraint(fields=("user", "organisation", "role"), name="membership_once"),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
                name="membership_ends_after_start",
                violation_error_message=_("A role ends on or after the day it starts."),
            ),
            models.CheckConstraint(
                condition=Q(deputises__isnull=True) | Q(ends_on__isnull=False) & ~Q(deputises=F("user")),
                name="membership_deputy_for_a_time",
                violation_error_message=_("A deputy stands in for somebody else, until a day."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} {self.get_role_display()} {self.organisation}"

    def clean(self) -> None:
        if not self.organisation_id or self.role not in Role.values:
            return
        if self.organisation.kind not in HELD_IN[Role(self.role)]:
            raise ValidationError({"role": _("This role is not held in an organisation of this kind.")})


class ApiToken(models.Model):
    """Lets a program in as its person (接口令牌), until it ends. Written by :mod:`accounts.tokens` alone.

    Of the token itself only a SHA-256 is kept; it is random, so that no slow hash is needed. ``hint`` is its
    end, to tell one from another. ``seal`` is the person's :meth:`~accounts.tokens.seal_of` when it was
    issued: with another password, or a lock, it is another one, and the token has ended for good.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="api_tokens")
    name = models.CharField(_("purpose"), max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=8)
    seal = models.CharField(max_length=64)
    read_only = models.BooleanField(_("only reads"), default=False)
    issued_at = models.DateTimeField(_("issued at"))
    expires_at = models.DateTimeField(_("expires at"))
    used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        ordering = ("user_id", "-issued_at", "-pk")
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        constraints = (
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("issued_at")), name="api_token_expires_after_issue"
            ),
        )

    def __str__(self) -> str:
        return self.name
