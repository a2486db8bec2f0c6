"""Makes what the tests about anonymous surveys need: a survey, people of several units asked by mail, their codes."""

import re
import time
from datetime import timedelta
from email.parser import Parser
from email.policy import SMTP
from unittest.mock import patch

import survey_kit as kit

import frappe
from frappe.utils import now_datetime

from cx_desk.core import ledger
from cx_desk.surveys import anonymous, anonymous_page, decide, versions
from cx_desk.surveys import ledger as writer

SURVEY = "Surveytest anonymous"
UNITS = {"Surveytest Big": 12, "Surveytest Small": 3}
_CODE = re.compile(r"/cx/n/([A-Za-z.-]*[A-Za-z0-9_-]{20,64})")


def survey(**values) -> str:
	"""An enabled anonymous survey with one question on a scale, and a comment."""
	if not frappe.db.exists("CX Survey", SURVEY):
		frappe.get_doc(
			{
				"doctype": "CX Survey",
				"survey_name": SURVEY,
				"kind": "Relationship",
				"privacy": "Anonymous",
				"enabled": 1,
				"reminder": 1,
				"language": "en",
				"subject": "How is IT doing for you?",
				"questions": [
					{
						"question": "How satisfied are you with IT?",
						"question_type": "CSAT",
						"required": 1,
						"low_at_most": 2,
					}
				],
				**values,
			}
		).insert(ignore_permissions=True)
	return SURVEY


def units() -> None:
	top = frappe.db.get_value("CX Business Unit", {"parent_cx_business_unit": ["in", ["", None]]})
	for name in UNITS:
		if not frappe.db.exists("CX Business Unit", name):
			frappe.get_doc(
				{"doctype": "CX Business Unit", "unit_name": name, "parent_cx_business_unit": top}
			).insert(ignore_permissions=True)


def ask(each: dict[str, int] | None = None, at=None) -> list:
	"""Ask so many people of each unit, through the deciding job; their ledger rows."""
	at, rows = at or now_datetime(), []
	for unit, count in (each or UNITS).items():
		for number in range(count):
			address = kit.person(f"anon{unit.split()[-1].lower()}{number}")
			rows.append(
				{
					"name": ledger.row_name("Test", unit, number, str(at)),
					"survey": SURVEY,
					"trigger": ledger.BY_HAND,
					"event_doctype": "CX Survey",
					"event_name": SURVEY,
					"recipient": address,
					"respondent_key": ledger.address_key(address),
					"unit": unit,
					"asked_by": "Administrator",
					"event_at": at,
					"due_at": at - timedelta(seconds=1),
				}
			)
	writer.insert(rows)
	decide.prepare()
	decide.decide_batch()
	return kit.rows(name=["in", [row["name"] for row in rows]])


def text_of(row) -> str:
	"""The plain text of the queued mail of a ledger row."""
	message = frappe.db.get_value("Email Queue", row.email_queue, "message")
	for part in Parser(policy=SMTP).parsestr(message).walk():
		if part.get_content_type() == "text/plain":
			return part.get_content()
	return ""


def token_of(row) -> str:
	"""What stands behind /cx/n/ in the mail of a ledger row."""
	text = text_of(row)
	found = _CODE.search(text)
	assert found, text
	return found.group(1)


def answer(token: str, score: int = 4, comment: str = "", later: int = 10):
	"""Fill in the form of a link as a person does."""
	question = versions.load(versions.current(SURVEY))["questions"][0]["key"]
	page = anonymous_page.open_page(token)
	form = {"stamp": page.stamp, f"q_{question}": str(score), "comment": comment, "gestures": "5"}
	with patch.object(time, "time", return_value=time.time() + later):
		return anonymous_page.submit(token, form, agent=kit.PHONE)


def sweep() -> None:
	"""Remove what these tests leave: telling the owner of a voice commits."""
	frappe.db.rollback()
	kit.sweep()
	frappe.db.delete("CX Survey Answer", {"parenttype": anonymous.RESPONSE})
	for doctype in (anonymous.RESPONSE, anonymous.CODE):
		frappe.db.delete(doctype)
	for doctype in ("CX Survey Invitation", "CX Score Rollup", "CX Survey Version", "CX Unit Snapshot"):
		frappe.db.delete(doctype, {"survey": SURVEY})
	units = frappe.get_all("CX Business Unit", {"name": ["like", "Surveytest %"]}, pluck="name")
	voices = frappe.get_all("CX Voice", {"unit": ["in", units or [""]]}, pluck="name")
	# What is heard from a pool stands under the unit above all.
	voices += frappe.get_all("CX Voice", {"origin": ["like", "anonymous:%"]}, pluck="name")
	for doctype, field in (("ToDo", "reference_name"), ("Notification Log", "document_name")):
		frappe.db.delete(doctype, {field: ["in", voices or [""]]})
	frappe.db.delete("CX Voice Step", {"parent": ["in", voices or [""]]})
	frappe.db.delete("CX Voice", {"name": ["in", voices or [""]]})
	frappe.delete_doc("CX Survey", SURVEY, force=True, ignore_missing=True)
	for unit in units:
		frappe.delete_doc("CX Business Unit", unit, force=True)
	for user in frappe.get_all("User", {"name": ["like", f"anon%@{kit.DOMAIN}"]}, pluck="name"):
		frappe.delete_doc("User", user, force=True)
	for contact in frappe.get_all("Contact", {"email_id": ["like", f"anon%@{kit.DOMAIN}"]}, pluck="name"):
		frappe.delete_doc("Contact", contact, force=True)
	frappe.db.commit()
	kit.clear_counters()
