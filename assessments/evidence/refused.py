"""That a file is not taken as evidence."""


class Refused(Exception):
    """Why, as a key of the sentences in :mod:`assessments.evidence.formats` and its values."""

    def __init__(self, key: str, **values: str | int) -> None:
        super().__init__(key, values)
        self.key, self.values = key, values
