"""The frozen wording of a survey. Old invitations keep the version they were sent with."""

import hashlib
import json

import frappe
from frappe.utils import now_datetime

from cx_desk.core import answers


def content_of(survey) -> dict:
	"""The wording of a survey document as its version keeps it (see core.answers)."""
	translations: dict[str, dict[str, str]] = {}
	for row in survey.translations:
		translations.setdefault(row.language, {})[row.source_text.strip()] = row.translated_text.strip()
	return {
		"kind": survey.kind,
		"privacy": survey.privacy,
		"language": survey.language or "en",
		"ask_not_solved": int(bool(survey.ask_not_solved and survey.kind == "Ticket")),
		"subject": (survey.subject or "").strip(),
		"intro": (survey.intro or "").strip(),
		"thanks": (survey.thanks or "").strip(),
		"questions": [
			{
				"key": row.key,
				"question": row.question.strip(),
				"type": row.question_type,
				"required": int(row.required or 0),
				"low_at_most": row.low_at_most or 0,
				"options": (row.options or "").strip(),
				"low_label": (row.low_label or "").strip(),
				"high_label": (row.high_label or "").strip(),
			}
			for row in survey.questions
		],
		"translations": translations,
	}


def current(survey_name: str) -> str:
	"""The name of the version that a survey has now; made where this wording was never asked before."""
	survey = frappe.get_cached_doc("CX Survey", survey_name)
	content = json.dumps(content_of(survey), sort_keys=True, ensure_ascii=False)
	content_hash = hashlib.sha256(content.encode()).hexdigest()
	known = frappe.db.get_value(
		"CX Survey Version", {"survey": survey_name, "content_hash": content_hash}, "name"
	)
	if known:
		return known
	now = now_datetime()
	# The name is made of the content: two jobs that freeze the same wording at once make one version.
	name = hashlib.sha256(f"{survey_name}|{content_hash}".encode()).hexdigest()[:20]
	number = frappe.db.count("CX Survey Version", {"survey": survey_name}) + 1
	frappe.db.bulk_insert(
		"CX Survey Version",
		[
			"name",
			"creation",
			"modified",
			"owner",
			"modified_by",
			"survey",
			"version_no",
			"content_hash",
			"content",
		],
		[(name, now, now, "Administrator", "Administrator", survey_name, number, content_hash, content)],
		ignore_duplicates=True,
	)
	return name


def current_content(survey_name: str) -> dict:
	"""The wording that a survey has now, without freezing it."""
	return content_of(frappe.get_cached_doc("CX Survey", survey_name))


def load(version: str | None) -> dict:
	"""The wording of a version; empty where it is gone."""
	if not version:
		return {}
	content = frappe.get_cached_value("CX Survey Version", version, "content")
	return json.loads(content) if content else {}


def main_question(version: dict) -> dict | None:
	"""The first question on a scale: the one a mail offers as links and a response is listed by."""
	return next((row for row in version.get("questions", ()) if row["type"] in answers.SCALES), None)


def is_out(survey_name: str) -> bool:
	"""Whether invitations of the survey are out: sent and neither answered nor expired."""
	return bool(
		frappe.db.exists(
			"CX Survey Invitation", {"survey": survey_name, "status": ["in", ["Queued", "Sent"]]}
		)
	)
