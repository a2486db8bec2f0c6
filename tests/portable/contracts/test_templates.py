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


def test_the_rule_itself():
	assert tags("a {{ frappe.x }} b {% if y %}") == ["{{ frappe.x }}", "{% if y %}"]
