"""Districts and departments: created and renamed here alone, never deleted; a committee is the operator's.

Functions check everything before they write, in one transaction with the event, and raise
``PermissionDenied`` or ``ValidationError`` (by field where it is of one). ``by`` is the acting person;
``None`` stands for a command of the operator, who may do all.
"""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.access import may_add_below, may_change_organisation
from accounts.models import Organisation, User
from accounts.roles import PARENT_KIND
from accounts.standing import standing_of
from accounts.steps import changes_of, one_step, plain_line, require, with_lineage
from audit.trail import record


def create_organisation(*, parent: Organisation, code: str, name: str, by: User | None) -> Organisation:
    """A district of a committee, or a department of a district."""
    with one_step():
        parent = with_lineage(parent)
        require(by is None or may_add_below(standing_of(by), parent))
        kind = next((kind for kind, above in PARENT_KIND.items() if above == parent.kind), None)
        if kind is None:
            raise ValidationError(_("A department has nothing below it."))
        created = Organisation(parent=parent, kind=kind, code=plain_line(code), name=plain_line(name))
        created.full_clean()
        created.save()
        changes = changes_of(None, created, ("code", "name", "kind", "parent"))
        record(
            by=by, action="organisation.created", subject=created, organisation_id=created.pk, changes=changes
        )
    return created


def change_organisation(*, organisation: Organisation, code: str, name: str, by: User | None) -> Organisation:
    """Correct a name or a code; what stands above and what kind it is stays."""
    with one_step():
        before = with_lineage(organisation)
        require(by is None or may_change_organisation(standing_of(by), before))
        changed = Organisation.objects.select_for_update().get(pk=before.pk)
        changed.code, changed.name = plain_line(code), plain_line(name)
        changed.full_clean()
        if changes := changes_of(before, changed, ("code", "name")):
            changed.save(update_fields=["code", "name"])
            record(
                by=by,
                action="organisation.changed",
                subject=changed,
                organisation_id=changed.pk,
                changes=changes,
            )
    return changed
