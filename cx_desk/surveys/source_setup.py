"""Setting up a survey tool outside: what is refused, its address for webhooks, which of its fields is which question."""

import json

import frappe
from frappe import _
from frappe.utils import cint, escape_html

from cx_desk.core import source_shapes, webhook_signatures
from cx_desk.outbound import web
from cx_desk.surveys import versions

LEAST_MINUTES = 5
# So many of the last answers show which fields there are.
_LOOKED_AT = 20


def give_inbox(doc) -> None:
	"""The part of the webhook's address that is this source's own."""
	doc.inbox_key = frappe.generate_hash(length=20)


def private_hosts() -> tuple[str, ...]:
	"""Hosts inside the network that the site's own configuration allows to be asked (cx_private_sources)."""
	allowed = frappe.conf.get("cx_private_sources") or []
	return tuple(str(host) for host in allowed) if isinstance(allowed, list) else ()


def check(doc) -> None:
	"""Refuse a source that could not work, with what to do."""
	if doc.kind == source_shapes.LIMESURVEY and doc.way == "Webhook":
		frappe.throw(_("LimeSurvey sends nothing by itself. Choose the way 'Fetch'."), title=_("Way"))
	if doc.kind == source_shapes.STANDARD and doc.way == "Fetch":
		frappe.throw(
			_("Only Formbricks, Typeform and LimeSurvey can be asked. Choose one, or the way 'Webhook'."),
			title=_("Way"),
		)
	if frappe.db.get_value("CX Survey", doc.survey, "privacy") == "Anonymous":
		frappe.throw(
			_(
				"{0} is anonymous: it is answered by the one-time links of its own mails only. Choose a named or confidential survey."
			).format(frappe.bold(escape_html(doc.survey))),
			title=_("Survey"),
		)
	if doc.way == "Webhook":
		_check_secret(doc)
	else:
		_check_address(doc)
	_check_fields(doc)
	if doc.enabled and not any(row.meaning == source_shapes.QUESTION for row in doc.fields):
		frappe.msgprint(
			_(
				"No field is a question yet: answers are kept and wait. Send or fetch one, then choose its fields here."
			),
			indicator="orange",
			alert=True,
		)
	if (
		doc.has_value_changed("enabled")
		or doc.has_value_changed("address")
		or doc.has_value_changed("api_key")
	):
		doc.failures, doc.next_at, doc.last_error = 0, None, None


def _check_secret(doc) -> None:
	secret = doc.secret if doc.secret and set(doc.secret) != {"*"} else doc.get_password("secret", False)
	if not secret:
		if doc.enabled:
			frappe.throw(
				_("Fill in the shared secret: without it anybody could post answers here."),
				title=_("Shared secret"),
			)
		return
	try:
		webhook_signatures.key_of(secret)
	except ValueError as error:
		why = (
			_("What follows whsec_ is not base64. Copy the secret from the tool once more.")
			if str(error) == "not base64"
			else _("The secret is shorter than 24 characters and could be guessed. Let the tool make one.")
		)
		frappe.throw(why, title=_("Shared secret"))


def _check_address(doc) -> None:
	doc.address = (doc.address or "").strip().rstrip("/")
	if doc.kind == source_shapes.LIMESURVEY and not doc.address:
		frappe.throw(
			_("Fill in the address of your LimeSurvey: https://surveys.example.com"), title=_("Address")
		)
	if doc.address:
		try:
			web.check_address(doc.address, private_hosts())
		except web.Refused as error:
			frappe.throw(refusal(str(error)), title=_("Address"))
	if not (doc.external_survey or "").strip():
		frappe.throw(_("Fill in the number of the survey in the tool."), title=_("Number of the survey"))
	if not frappe.utils.cint(doc.every_minutes) >= LEAST_MINUTES:
		frappe.throw(
			_("Ask every {0} minutes at most.").format(LEAST_MINUTES), title=_("Ask every so many minutes")
		)
	if doc.enabled and not (doc.api_key or doc.get_password("api_key", False)):
		frappe.throw(_("Fill in the API key or password of the tool."), title=_("API key"))


def refusal(key: str) -> str:
	"""Why an address is not asked, in words."""
	return {
		web.NOT_A_WEB_ADDRESS: _("This is no web address. It looks like https://surveys.example.com"),
		web.NOT_ENCRYPTED: _("The address must begin with https://, for your key goes there."),
		web.INSIDE: _(
			"This address is inside your own network, where this site must not be led. If it is meant, have your administrator add the host to cx_private_sources in the site's configuration."
		),
	}.get(key, key)


def _check_fields(doc) -> None:
	version = versions.current_content(doc.survey)
	questions = {question["key"]: question["question"] for question in version["questions"]}
	seen: set[tuple[str, str]] = set()
	for row in doc.fields:
		row.field = (row.field or "").strip()
		if row.meaning == source_shapes.QUESTION:
			key = (row.question or "").strip()
			if key not in questions:
				# People write the question, not its key.
				key = next((one for one, text in questions.items() if text.strip() == key), "")
			if not key:
				frappe.throw(
					_(
						"Row {0}: {1} is no question of {2}. Choose one with the button 'Choose fields'."
					).format(row.idx, frappe.bold(escape_html(row.question or "")), escape_html(doc.survey))
				)
			row.question, row.question_text = key, questions[key][:140]
		else:
			row.question = row.question_text = None
		used = (row.meaning, row.question or "")
		if used in seen and row.meaning != source_shapes.COMMENT:
			frappe.throw(
				_("Row {0}: another field is {1} already. Delete one of the two.").format(
					row.idx, frappe.bold(escape_html(row.question_text or _(row.meaning)))
				)
			)
		seen.add(used)
		try:
			source_shapes.read_words(row.words)
		except ValueError as error:
			frappe.throw(
				_("Row {0}: write “their word = our word”, one per line; {1} has no =.").format(
					row.idx, frappe.bold(escape_html(str(error)))
				)
			)


def rows_of(doc) -> list[source_shapes.Row]:
	"""The mapping as core reads it."""
	return [
		source_shapes.Row(row.field, row.meaning, row.question or "", source_shapes.read_words(row.words))
		for row in doc.fields
	]


def fields_seen(doc) -> list[dict]:
	"""The fields of the last answers, each with its words and one value, and what it seems to be."""
	found: dict[str, dict] = {}
	for content in frappe.get_all(
		"CX Source Delivery",
		filters={"source": doc.name, "content": ["is", "set"]},
		order_by="arrived_at desc",
		limit=_LOOKED_AT,
		pluck="content",
	):
		kept = json.loads(content)
		for name, value in kept["values"].items():
			entry = found.setdefault(name, {"field": name, "label": "", "example": ""})
			entry["label"] = entry["label"] or kept["labels"].get(name, "")
			if value not in (None, "") and not entry["example"]:
				entry["example"] = source_shapes.as_words(value)[:140]
	version = versions.current_content(doc.survey)
	labels = {name: entry["label"] for name, entry in found.items()}
	for row in source_shapes.suggest(labels, version):
		found[row.field] |= {"meaning": row.meaning, "question": row.question}
	for row in doc.fields:
		if row.field in found:
			found[row.field] |= {"meaning": row.meaning, "question": row.question or ""}
	return list(found.values())


def questions_of(doc) -> list[dict]:
	"""The survey's questions with their keys, for choosing."""
	return [
		{"key": question["key"], "question": question["question"], "type": question["type"]}
		for question in versions.current_content(doc.survey)["questions"]
	]


def counts(doc) -> dict[str, int]:
	"""How many answers are in which state."""
	rows = frappe.get_all(
		"CX Source Delivery",
		filters={"source": doc.name},
		fields=["state", "count(*) as count"],
		group_by="state",
	)
	return {row.state: cint(row.count) for row in rows}


def forget(doc) -> None:
	"""What came goes with its source; the responses that were counted stay."""
	frappe.db.delete("CX Source Delivery", {"source": doc.name})
