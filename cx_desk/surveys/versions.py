"""The frozen wording of a survey. Old invitations keep the version they were sent with."""

import hashlib
import json

import frappe
from frappe.utils import cint, now_datetime

from cx_desk.core import survey_content


def content_of(survey) -> dict:
	"""The wording of a survey document as its version keeps it (see core.survey_content)."""
	translations: dict[str, dict[str, str]] = {}
	for row in survey.translations:
		if not row.translated_text:
			continue
		translations.setdefault(row.language, {})[(row.source_text or "").strip()] = (
			row.translated_text or ""
		).strip()
	return {
		"kind": survey.kind,
		"privacy": survey.privacy,
		"language": survey.language or "en",
		"ask_not_solved": int(
			# Nobody could be told when an anonymous person's request is solved after all.
			bool(survey.ask_not_solved and survey.kind == "Ticket" and survey.privacy != "Anonymous")
		),
		"reminder": int(survey.reminder or 0),
		"expiry_days": survey.expiry_days or 0,
		"subject": (survey.subject or "").strip(),
		"intro": (survey.intro or "").strip(),
		"thanks": (survey.thanks or "").strip(),
		"questions": [
			{
				"key": row.key,
				"question": (row.question or "").strip(),
				"type": row.question_type,
				"required": int(row.required or 0),
				"low_at_most": row.low_at_most or 0,
				"options": (row.options or "").strip(),
				"low_label": (row.low_label or "").strip(),
				"high_label": (row.high_label or "").strip(),
				"points": (cint(row.points) or survey_content.USUAL_POINTS)
				if row.question_type == survey_content.RATING
				else 0,
				"look": row.look or survey_content.NUMBERS,
				"random_order": int(row.random_order or 0),
				"minimum": row.minimum or 0,
				"maximum": row.maximum or 0,
				"show_if": show_if_of(row),
			}
			for row in survey.questions
		],
		"drivers": [{"driver": row.driver, "band": row.band or survey_content.ANY} for row in survey.drivers],
		"translations": translations,
	}


def show_if_of(row) -> dict | None:
	"""The condition of a question's row as its version keeps it; None where everybody is asked.

	A highest value below the lowest stands for 'or more': the form cannot tell 0 from nothing.
	"""
	if not row.show_if_question:
		return None
	chosen = [line.strip() for line in (row.show_if_options or "").splitlines() if line.strip()]
	if chosen:
		return {"question": row.show_if_question, "options": chosen}
	least, most = row.show_if_at_least or 0, row.show_if_at_most or 0
	return {
		"question": row.show_if_question,
		"at_least": least,
		"at_most": most if most or not least else None,
	}


def current(survey_name: str) -> str:
	"""The name of the version that a survey has now; made where this wording was never asked before."""
	return freeze(survey_name, content_of(frappe.get_cached_doc("CX Survey", survey_name)))


def with_questions(survey_name: str, questions: list[dict], translations: dict[str, dict[str, str]]) -> str:
	"""The name of a version of the survey with further questions after its first one, made for one asking.

	questions: as a version holds them. translations: language -> text -> translated, added to the survey's own.
	"""
	content = content_of(frappe.get_cached_doc("CX Survey", survey_name))
	content["questions"][1:1] = questions
	for language, texts in translations.items():
		if language in content["translations"]:
			content["translations"][language] = {**texts, **content["translations"][language]}
	return freeze(survey_name, content)


def freeze(survey_name: str, wording: dict) -> str:
	"""The name of the version that has this wording; made where there is none."""
	content, content_hash, name = _named(survey_name, wording)
	known = frappe.db.get_value(
		"CX Survey Version", {"survey": survey_name, "content_hash": content_hash}, "name"
	)
	if known:
		return known
	now = now_datetime()
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


def _named(survey_name: str, wording: dict) -> tuple[str, str, str]:
	"""The wording as it is stored, its hash, and the name of its version.

	The name is made of the content: two jobs that freeze the same wording at once make one version.
	"""
	content = json.dumps(wording, sort_keys=True, ensure_ascii=False)
	content_hash = hashlib.sha256(content.encode()).hexdigest()
	return content, content_hash, hashlib.sha256(f"{survey_name}|{content_hash}".encode()).hexdigest()[:20]


def current_name(survey_name: str) -> str:
	"""The name that the survey's present wording has or will have; writes nothing."""
	return _named(survey_name, current_content(survey_name))[2]


def current_content(survey_name: str) -> dict:
	"""The wording that a survey has now, without freezing it."""
	return content_of(frappe.get_cached_doc("CX Survey", survey_name))


def load(version: str | None) -> dict:
	"""The wording of a version; empty where it is gone. The same for all who ask: it is read, never changed."""
	if not version:
		return {}
	known = _KNOWN.get((frappe.local.site, version))
	if known is None:
		content = frappe.get_cached_value("CX Survey Version", version, "content")
		if not content:
			return {}
		if len(_KNOWN) >= _MOST_KNOWN:
			_KNOWN.clear()
		known = _KNOWN[frappe.local.site, version] = json.loads(content)
	return known


# What this process has read: a version's name is made of its content, so what stands under a name never changes.
_KNOWN: dict[tuple[str, str], dict] = {}
_MOST_KNOWN = 200


def main_question(version: dict) -> dict | None:
	"""The first question on a scale: the one a mail offers as links and a response is listed by."""
	return survey_content.main_question(version)


def is_out(survey_name: str) -> bool:
	"""Whether invitations of the survey are out: sent and neither answered nor expired."""
	return bool(
		frappe.db.exists(
			"CX Survey Invitation", {"survey": survey_name, "status": ["in", ["Queued", "Sent"]]}
		)
	)
