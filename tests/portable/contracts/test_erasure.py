"""No field that can hold a person or free text is forgotten when a person is erased."""

import pytest
from contracts.source import doctypes, hooks

from cx_desk.core import personal_data

DOCTYPES = doctypes()
FREE = {
	"Data",
	"Small Text",
	"Text",
	"Long Text",
	"Text Editor",
	"HTML Editor",
	"Markdown Editor",
	"Code",
	"JSON",
	"Autocomplete",
	"Password",
	"Phone",
	"Dynamic Link",
	"Attach",
	"Signature",
}
KINDS = {
	personal_data.CONTACT,
	personal_data.ADDRESS,
	personal_data.NAME,
	personal_data.KEY,
	personal_data.OWN_WORDS,
	personal_data.WORDS,
	personal_data.TOKEN,
	personal_data.USER,
	personal_data.NONE,
}


def holds_person_or_text(field):
	return field["fieldtype"] in FREE or (
		field["fieldtype"] == "Link" and field.get("options") in ("Contact", "User")
	)


@pytest.mark.parametrize("name", sorted(DOCTYPES))
def test_every_field_that_can_hold_a_person_is_on_the_list(name):
	assert name in personal_data.FIELDS, (
		f"{name} is not in core/personal_data.py: say what becomes of its fields when a person is erased"
	)
	listed = [field for fields in personal_data.FIELDS[name].values() for field in fields]
	assert len(listed) == len(set(listed)), "a field stands there twice"
	there = {field["fieldname"]: field for field in DOCTYPES[name]["fields"]}
	assert set(listed) <= set(there), sorted(set(listed) - set(there))
	missing = [f for f, field in there.items() if holds_person_or_text(field) and f not in listed]
	assert not missing, f"say in core/personal_data.py what becomes of {name}: {', '.join(missing)}"


@pytest.mark.parametrize("name", sorted(set(personal_data.FIELDS) & set(DOCTYPES)))
def test_the_kinds_fit_the_fields(name):
	assert set(personal_data.FIELDS[name]) <= KINDS
	there = {field["fieldname"]: field for field in DOCTYPES[name]["fields"]}
	for kind, target in ((personal_data.CONTACT, "Contact"), (personal_data.USER, "User")):
		for field in personal_data.FIELDS[name].get(kind, ()):
			assert there[field].get("options") == target, field
	for field in there.values():
		if field["fieldtype"] == "Link" and field.get("options") == "Contact":
			assert field["fieldname"] in personal_data.FIELDS[name][personal_data.CONTACT]
		if field["fieldtype"] == "Data" and field.get("options") == "Email":
			assert field["fieldname"] in personal_data.FIELDS[name][personal_data.ADDRESS]


def test_no_doctype_on_the_list_is_gone():
	assert not set(personal_data.FIELDS) - set(DOCTYPES)


def test_the_hosts_own_requests_name_every_address():
	"""What the host's download gives and its deletion lists: each field of ours with a mail address."""
	registered = {(entry["doctype"], entry.get("filter_by")) for entry in hooks()["user_data_fields"]}
	for name, kinds in personal_data.FIELDS.items():
		for field in kinds.get(personal_data.ADDRESS, ()):
			assert (name, field) in registered


def test_names_and_addresses_are_taken_out_of_a_text():
	names = personal_data.spellings(["Zoë Müller", "Ann"])
	text = (
		"Zoë Müller (ZOE.M@firm.example) said; Müller, Zoë; xzoe.m@firm.example; Ann; Zo\\u00eb M\\u00fcller"
	)
	assert personal_data.redact(text, ["zoe.m@firm.example"], names, "gone@erased.invalid") == (
		"Erased person (gone@erased.invalid) said; Erased person; xzoe.m@firm.example; Ann; Erased person"
	)
	assert personal_data.spellings(["Al B", "", None]) == []
