"""Walking a person's pages by their links."""

import re

from django.test import Client

LINK = re.compile(r'(?:href|src)="(/(?!static/)[^"]*)"')


def crawl(client: Client) -> dict[str, str]:
    """Every page that can be reached by links from the start page, by path; files and the admin left out."""
    found: dict[str, str] = {}
    waiting, asked = ["/"], set()
    while waiting:
        path = waiting.pop()
        if path in asked or "/file/" in path or path.startswith("/admin/"):
            continue
        asked.add(path)
        answer = client.get(path)
        assert answer.status_code == 200, path
        if not answer.headers["Content-Type"].startswith("text/"):
            continue
        found[path] = answer.content.decode()
        waiting += [link.split("#")[0].replace("&amp;", "&") for link in LINK.findall(found[path])]
    return found
