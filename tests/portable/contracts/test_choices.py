"""Choices of a field read differently in every language.

The host's list filters turn a translated choice back into its key by its text: two states that read alike would
silently filter for the wrong one.
"""

import csv

import pytest
from contracts.source import APP, doctypes

LANGUAGES = sorted((APP / "translations").glob("*.csv"))


def alike(options, words):
	"""Choices that read the same after translation, as pairs."""
	seen, found = {}, []
	for option in options:
		word = words.get(option, option)
		if word in seen:
			found.append((seen[word], option))
		seen[word] = option
	return found


@pytest.mark.parametrize("path", LANGUAGES, ids=lambda path: path.stem)
def test_choices_read_differently(path):
	with path.open(encoding="utf-8", newline="") as file:
		words = {row[0]: row[1] for row in csv.reader(file) if len(row) > 1}
	found = [
		f"{doctype}.{field['fieldname']}: {pair}"
		for doctype, doc in doctypes().items()
		for field in doc["fields"]
		if field["fieldtype"] == "Select"
		for pair in alike([o for o in (field.get("options") or "").split("\n") if o], words)
	]
	assert not found, "\n".join(found)


def test_the_rule_can_fail():
	assert alike(["Done", "Settled"], {"Done": "Erledigt", "Settled": "Erledigt"})
	assert not alike(["Done", "Settled"], {"Done": "Erledigt"})
