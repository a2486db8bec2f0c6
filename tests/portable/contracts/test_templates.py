"""Templates that `host.templates` draws: all that they show comes to them, for nothing of the host is within their reach."""

import re

import pytest
from contracts.source import APP, relative

DRAWN = [
	path
	for folder in ("templates/guest", "templates/dialog", "templates/includes", "www")
	for path in sorted((APP / folder).rglob("*.html"))
]


def tags(text):
	return re.findall(r"\{[{%].*?[%}]\}", text, re.DOTALL)


@pytest.mark.parametrize("path", DRAWN, ids=relative)
def test_asks_nothing_of_the_host(path):
	found = [tag for tag in tags(path.read_text(encoding="utf-8")) if re.search(r"\bfrappe\b", tag)]
	assert not found, f"{found}: give it in the context, or as a global of host.templates"


@pytest.mark.parametrize("path", DRAWN, ids=relative)
def test_names_its_parts_from_the_app(path):
	"""`cx_desk/...` alone is known there; a part that is not found fails the page."""
	named = re.findall(r"""\{%-?\s*(?:include|extends)\s+["']([^"']+)""", path.read_text(encoding="utf-8"))
	lost = [name for name in named if not (name.startswith("cx_desk/") and (APP.parent / name).is_file())]
	assert not lost


def test_the_rule_itself():
	assert tags("a {{ frappe.x }} b {% if y %}") == ["{{ frappe.x }}", "{% if y %}"]
