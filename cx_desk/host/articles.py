"""Articles of the host's knowledge base: drafted from what was heard, and who wrote which that is published."""

from collections.abc import Iterable

import frappe

from cx_desk.host.names import ARTICLE, ARTICLE_CATEGORY

LONGEST_TITLE = 120


def draft(title: str, text: str, category: str | None = None) -> str | None:
	"""A new draft in the signed-in person's name; its name, or None for somebody who may write no articles."""
	if not frappe.has_permission(ARTICLE, "create"):
		return None
	doc = frappe.new_doc(ARTICLE)
	words = " ".join(title.split())
	doc.title = words if len(words) <= LONGEST_TITLE else words[: LONGEST_TITLE - 1].rstrip() + "…"
	doc.content = "<p>" + frappe.utils.escape_html(text).replace("\n", "<br>") + "</p>"
	# An admin may have deleted the category since.
	doc.category = category if category and frappe.db.exists(ARTICLE_CATEGORY, category) else None
	doc.status = "Draft"
	doc.insert()
	return doc.name


def published(categories: Iterable[str], names: Iterable[str]) -> list[frappe._dict]:
	"""Published articles of some categories, and those with some names: name, category, author, published_on."""
	fields = ["name", "category", "author", "published_on"]
	filters = {"status": "Published", "author": ("is", "set"), "published_on": ("is", "set")}
	found = {}
	for key, wanted in (("category", list(categories)), ("name", list(names))):
		if wanted:
			for row in frappe.get_all(ARTICLE, {**filters, key: ("in", wanted)}, fields):
				found[row.name] = row
	return list(found.values())


def address(article: str) -> str:
	"""Where an article is read and written in the host."""
	return f"/helpdesk/kb/articles/{article}"
