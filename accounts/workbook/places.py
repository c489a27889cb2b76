"""The organisations of a file: those there are, those it adds, and which one a row of a person means."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.access import may_add_below, may_change_organisation, organisations_managed_by
from accounts.models import Organisation
from accounts.roles import PARENT_KIND, OrganisationKind
from accounts.standing import Standing
from accounts.workbook.form import ORGANISATIONS, PEOPLE
from accounts.workbook.reading import OrganisationRow, PersonRow, Rows
from accounts.workbook.steps import OrganisationStep
from spreadsheets.notes import Place

KIND_BELOW = {above: kind for kind, above in PARENT_KIND.items()}


class Organisations:
    """What may be named in the file. Of organisations that are not managed, a file learns nothing."""

    def __init__(self, rows: Rows, standing: Standing) -> None:
        self.rows, self.standing = rows, standing
        self.by_code = {each.code: each for each in organisations_managed_by(standing)}
        self.steps: list[OrganisationStep] = []
        self._read(rows.organisations)
        self.by_name: dict[str, list[Organisation]] = {}
        renamed = {step.organisation.code: step.name for step in self.steps}
        for each in self.by_code.values():
            for name in {each.name, renamed.get(each.code, each.name)}:
                self.by_name.setdefault(name, []).append(each)

    def find(self, row: PersonRow) -> Organisation | None:
        """Which organisation a row means; ``None`` with an error, or where it names none."""
        if row.organisation_code:
            found = self.by_code.get(row.organisation_code)
            if found is None:
                self._unknown(PEOPLE, row.row, "organisation_code", row.organisation_code)
            elif row.organisation and found not in self.by_name.get(row.organisation, ()):
                message = _("The code means %(name)s; the code counts.") % {"name": found.name}
                self.rows.notes.remark(*self._place(PEOPLE, row.row, "organisation"), message)
            return found
        if not row.organisation:
            return None
        named = self.by_name.get(row.organisation, [])
        if len(named) > 1:
            message = _("Several of your organisations have this name; give the code.")
            self.rows.notes.error(*self._place(PEOPLE, row.row, "organisation"), message)
        elif not named:
            self._unknown(PEOPLE, row.row, "organisation", row.organisation)
        return named[0] if len(named) == 1 else None

    def _read(self, rows: Iterable[OrganisationRow]) -> None:
        """Rows in whatever order: those whose superior is known first."""
        waiting: dict[str, OrganisationRow] = {}
        for row in rows:
            if row.code in waiting:
                self._error(row, "code", _("This code stands in the file twice."))
            elif row.code and row.name:
                waiting[row.code] = row
        for code in [code for code in waiting if code in self.by_code]:
            self._compare(waiting.pop(code))
        new = [row.code for row in waiting.values()]
        taken = set(Organisation.objects.filter(code__in=new).values_list("code", flat=True))
        while ready := [row for row in waiting.values() if row.above in self.by_code]:
            for row in ready:
                self._add(waiting.pop(row.code), taken)
        for row in waiting.values():
            self._unknown(ORGANISATIONS, row.row, "above", row.above)

    def _compare(self, row: OrganisationRow) -> None:
        organisation = self.by_code[row.code]
        above = organisation.parent.code if organisation.parent else ""
        if row.above and row.above != above:
            self._error(row, "above", _("Where an organisation belongs to is not changed by an import."))
        if row.name == organisation.name:
            return
        if not may_change_organisation(self.standing, organisation):
            self._error(row, "name", _("This name is not yours to change."))
        self.steps.append(OrganisationStep(organisation, row.name, self._place_of(row, "name")))

    def _add(self, row: OrganisationRow, taken: set[str]) -> None:
        above = self.by_code[row.above]
        created = Organisation(code=row.code, name=row.name, parent=above)
        created.kind = KIND_BELOW.get(OrganisationKind(above.kind), "")
        if not created.kind:
            self._error(row, "above", _("A department has nothing below it."))
        elif not may_add_below(self.standing, above):
            self._error(row, "above", _("Organisations below this one are not yours to create."))
        elif row.code in taken:
            self._error(row, "code", _("This code is taken."))
        else:
            self._check(row, created)
        self.by_code[row.code] = created
        self.steps.append(OrganisationStep(created, row.name, self._place_of(row, "code")))

    def _check(self, row: OrganisationRow, created: Organisation) -> None:
        try:
            created.clean_fields(exclude=["parent"])
        except ValidationError as problem:
            for name, messages in problem.message_dict.items():
                self._error(row, name, " ".join(messages))

    # What is said of a row

    def _unknown(self, sheet: str, row: int, column: str, text: str) -> None:
        message = _("There is no organisation “%(text)s” among those that you manage.")
        self.rows.notes.error(*self._place(sheet, row, column), message % {"text": text[:40]})

    def _error(self, row: OrganisationRow, column: str, message: str) -> None:
        self.rows.notes.error(*self._place_of(row, column), message)

    def _place_of(self, row: OrganisationRow, column: str) -> Place:
        return self._place(ORGANISATIONS, row.row, column)

    def _place(self, sheet: str, row: int, column: str) -> Place:
        return self.rows.place(sheet, row, column)
