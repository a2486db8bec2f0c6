"""A signal in words: what was found is kept as texts and figures, and said in the language of whoever reads it."""

import json
from datetime import date

import frappe
from frappe import _
from frappe.utils import format_date

from cx_desk.core import signal_rules as rules
from cx_desk.core.render.text import decimal

# What `show` gives, and what stands in the record in the site's language.
FIELDS = ("title", "sentence", "seen", "against", "sure")
_DAY = "day:"


def store(finding: rules.Finding) -> str:
	"""A finding as JSON, so that it can be said again in another language."""
	params = {
		name: f"{_DAY}{value.isoformat()}" if isinstance(value, date) else value
		for name, value in finding.params.items()
	}
	kept = {"text": finding.text, "seen": finding.seen, "against": finding.against}
	return json.dumps({**kept, "params": params, "chance": finding.chance})


def show(signal) -> dict[str, str]:
	"""Title, sentence, seen, against and sure of a signal (a document, or a row with these fields and `finding`).

	A signal without a finding, or with one that was emptied for a person's sake, is shown as it stands.
	"""
	try:
		kept = json.loads(signal.get("finding") or "")
	except ValueError:
		return {field: signal.get(field) or "" for field in FIELDS}
	params = {name: _readable(value) for name, value in kept["params"].items()}
	sure, values = rules.sureness(kept["chance"])
	return {
		# On a phone the list has room for nothing else.
		"title": _("{0}: {1}").format(signal.get("unit"), _(signal.get("kind")))[:140],
		"sentence": _(kept["text"]).format(**params),
		"seen": _(kept["seen"]).format(**params)[:140],
		"against": _(kept["against"]).format(**params)[:140],
		"sure": _(sure).format(**values),
	}


def _readable(value: object) -> object:
	if isinstance(value, float):
		return decimal(value, 1, frappe.local.lang)
	if isinstance(value, str) and value.startswith(_DAY):
		return format_date(value.removeprefix(_DAY))
	return value
