"""``python -m reports.render.labels_child WIDTH FONTS OFFICE_FONTS``: labels as JSON on the standard input,
their PDF on the output. WIDTH is the spine's in millimetres; OFFICE_FONTS may be empty."""

import json
import sys

from django.conf import settings

from sandbox.running import ROOT


def main(width: str, fonts: str, office_fonts: str) -> None:
    """Print them."""
    settings.configure(BASE_DIR=ROOT, FONT_FOLDER=fonts, OFFICE_FONT_FOLDER=office_fonts)
    from reports.render.box_labels import Label, render_box_labels

    labels = [Label(**each) for each in json.load(sys.stdin.buffer)]
    sys.stdout.buffer.write(render_box_labels(labels, int(width)))


if __name__ == "__main__":
    main(*sys.argv[1:])
