"""A person is erased: every table of the database is searched for them afterwards, and no count has changed."""

import html
import json
import secrets
from email.mime.text import MIMEText
from pathlib import Path
from unittest.mock import patch

import survey_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils import add_days, now_datetime

from cx_desk.api import privacy
from cx_desk.core import ledger
from cx_desk.core import personal_data as data
from cx_desk.surveys import acting, answering, rollups, triggers
from cx_desk.units import erasure, period_counts, personal_copy

NAME = "Zoë Erasmus-Müller"
# With a letter that stands for any other in a look-up.
ADDRESS = "zoe_erasmus@surveytest.example"
OTHER = "zoe_erasmusson@surveytest.example"
LOOK_ALIKE = "zoe.erasmus@surveytest.example"
WORDS = "My chair squeaks in room four hundred"
SAID = f"Talked to {NAME} <{ADDRESS.title()}> and to {OTHER} about it"


class TestErasure(FrappeTestCase):
	def setUp(self):
		frappe.set_user("Administrator")
		self.sweep()
		kit.switch_on()
		kit.empty()
		self.contact = self.make_contact()

	def tearDown(self):
		frappe.set_user("Administrator")
		frappe.db.rollback()
		self.sweep()
		triggers.forget()

	def sweep(self):
		"""Telling the owner of a voice commits, and so does the host's request."""
		kit.sweep()
		for pattern in ("Zoë%", "erased-%", "deleted-user-%"):
			for doctype in ("Contact", "User"):
				for name in frappe.get_all(doctype, {"name": ["like", pattern]}, pluck="name"):
					frappe.delete_doc(doctype, name, force=True)
		for user in frappe.get_all("User", {"email": ["in", [ADDRESS, OTHER]]}, pluck="name"):
			frappe.delete_doc("User", user, force=True)
		for doctype, field in (
			("Personal Data Deletion Request", "email"),
			("Personal Data Download Request", "user"),
			("CX Voice", "source_email"),
		):
			frappe.db.delete(doctype, {field: ADDRESS})
		frappe.db.delete("CX Voice", {"statement": data.ERASED})
		for mark in (ADDRESS, NAME, WORDS):
			for doctype, field in (
				("Deleted Document", "data"),
				("Version", "data"),
				("Email Queue", "message"),
			):
				frappe.db.delete(doctype, {field: ["like", f"%{mark}%"]})
		for doctype, field in (("Notification Log", "email_content"), ("ToDo", "description")):
			frappe.db.delete(doctype, {field: ["like", f"%{WORDS}%"]})
		frappe.db.delete("CX Contact Preference", {"address_hash": ledger.address_key(ADDRESS)})
		frappe.db.delete("DefaultValue", {"parent": ADDRESS})
		frappe.db.commit()

	def make_contact(self):
		first, last = NAME.split(" ")
		return (
			frappe.get_doc(
				{
					"doctype": "Contact",
					"first_name": first,
					"last_name": last,
					"email_ids": [{"email_id": ADDRESS, "is_primary": 1}],
					"phone_nos": [{"phone": "+49 30 1234567", "is_primary_phone": 1}],
				}
			)
			.insert(ignore_permissions=True)
			.name
		)

	def in_every_doctype(self) -> dict[str, str]:
		"""A row of the person's in every doctype, each field filled; doctype to name."""
		rows = {}
		for doctype, kinds in data.FIELDS.items():
			meta = frappe.get_meta(doctype)
			if meta.issingle:
				continue
			values = {
				data.CONTACT: self.contact,
				data.ADDRESS: ADDRESS,
				data.NAME: NAME,
				data.KEY: ledger.address_key(ADDRESS),
				data.OWN_WORDS: WORDS,
				data.WORDS: SAID,
				data.TOKEN: ledger.token_hash(doctype),
				data.USER: "Administrator",
			}
			row = frappe.new_doc(doctype)
			row.name = f"erase-{secrets.token_hex(8)}"
			for kind, fields in kinds.items():
				for field in fields:
					if kind in values:
						row.set(field, self.fitting(meta.get_field(field), values[kind], kind))
			row.flags.ignore_links = True
			row.creation = row.modified = now_datetime()
			row.owner = row.modified_by = "Administrator"
			for child, parent, field, which in data.OWN_CHILD_WORDS:
				if child == doctype:
					row.set(field, WORDS)
					row.update({name: allowed[0] for name, allowed in which.items()})
					row.parenttype, row.parent = parent, f"later {parent}"
			rows[doctype] = row.name
			row.db_insert()
		for child, parent, _field, _which in data.OWN_CHILD_WORDS:
			frappe.db.set_value(child, rows[child], "parent", rows[parent], update_modified=False)
		return rows

	def fitting(self, field, value, kind):
		if field.fieldtype == "JSON":
			return json.dumps({"words": value})
		if kind == data.WORDS and field.fieldtype in ("Data", "Autocomplete"):
			return f"{NAME} {ADDRESS}"
		return value

	def in_the_host(self, rows) -> None:
		voice = rows["CX Voice"]
		of_voice = {"reference_doctype": "CX Voice", "reference_name": voice}
		queued = MIMEText(f"Dear manager, {NAME} is not content. " + "x" * 60 + ADDRESS, "plain", "utf-8")
		for values in (
			{
				"doctype": "Version",
				"ref_doctype": "CX Voice",
				"docname": voice,
				"data": json.dumps([WORDS, NAME]),
			},
			{
				"doctype": "Version",
				"ref_doctype": "User",
				"docname": "Administrator",
				"data": json.dumps([SAID]),
			},
			{
				"doctype": "Deleted Document",
				"deleted_doctype": "CX Voice",
				"deleted_name": "x",
				"data": json.dumps([SAID]),
			},
			{
				"doctype": "Communication",
				"subject": WORDS,
				"content": WORDS,
				"sender": ADDRESS,
				"sender_full_name": NAME,
				**of_voice,
			},
			{
				"doctype": "Communication",
				"subject": "Meeting",
				"content": html.escape(SAID),
				"recipients": ADDRESS,
			},
			{"doctype": "Comment", "comment_type": "Comment", "content": SAID, "comment_email": ADDRESS},
			{
				"doctype": "ToDo",
				"description": f"{SAID} {WORDS}",
				"reference_type": "CX Voice",
				"reference_name": voice,
			},
			{
				"doctype": "Notification Log",
				"subject": SAID,
				"email_content": WORDS,
				"document_type": "CX Voice",
				"document_name": voice,
			},
			{
				"doctype": "Access Log",
				"page": f"<p>{html.escape(SAID)}</p>",
				"filters": json.dumps({"contact": NAME}),
			},
			{"doctype": "Error Log", "method": "x", "error": SAID},
			{
				"doctype": "Email Queue",
				"sender": "desk@x.example",
				"message": queued.as_string(),
				"status": "Sent",
			},
			{
				"doctype": "Email Queue",
				"sender": "desk@x.example",
				"message": WORDS,
				"status": "Sent",
				**of_voice,
			},
		):
			doc = frappe.get_doc(values)
			doc.name = f"erase-{secrets.token_hex(8)}"
			doc.creation = doc.modified = now_datetime()
			doc.owner = doc.modified_by = "Administrator"
			doc.db_insert()
		self.file = frappe.get_doc(
			{
				"doctype": "File",
				"file_name": "voice.txt",
				"content": WORDS,
				"is_private": 1,
				"attached_to_doctype": "CX Voice",
				"attached_to_name": voice,
			}
		).insert(ignore_permissions=True)
		kit.ticket(ADDRESS, subject=f"from {NAME}")

	def places(self, *marks) -> dict[str, list[str]]:
		"""Every table and column in which one of the marks stands, with the beginnings of the values."""
		tables, found = {}, {}
		for table, column in frappe.db.sql(
			"""select c.table_name, c.column_name from information_schema.columns c
			join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
			where c.table_schema = database() and t.table_type = 'BASE TABLE' and c.data_type in
			('varchar', 'text', 'longtext', 'mediumtext', 'json', 'char')"""
		):
			tables.setdefault(table, []).append(column)
		for table, columns in tables.items():
			text = "concat_ws(' ', {})".format(", ".join(f"`{column}`" for column in columns))
			likes = " or ".join([f"{text} like %s"] * len(marks))
			rows = frappe.db.sql(
				f"select * from `{table}` where {likes}", [f"%{mark}%" for mark in marks], as_dict=True
			)
			for row in rows:
				for column in columns:
					value = str(row[column] or "")
					if any(mark.lower() in value.lower() for mark in marks):
						found.setdefault(f"{table}.{column}", []).append(value[:200])
		return found

	def marks(self):
		return [ADDRESS, *data.spellings([NAME]), WORDS, ledger.address_key(ADDRESS), "+49 30 1234567"]

	def test_the_person_is_nowhere_any_more(self):
		rows = self.in_every_doctype()
		self.in_the_host(rows)
		before = self.places(*self.marks())
		tables = {place.split(".")[0].removeprefix("tab") for place in before}
		with_text = {
			doctype
			for doctype, kinds in data.FIELDS.items()
			if set(kinds) - {data.USER, data.NONE, data.TOKEN}
		}
		self.assertLessEqual(with_text - {"CX Settings"}, tables, "the test has put the person everywhere")
		path = self.file.get_full_path()
		new_name = erasure.erase_contact(self.contact)
		after = self.places(*self.marks())
		self.assertEqual(after, {})
		self.assertTrue(frappe.db.exists("Contact", new_name))
		# Who has a similar address stays where they are.
		self.assertTrue(self.places(OTHER))
		self.assertFalse(frappe.db.exists("File", self.file.name))
		self.assertFalse(Path(path).exists())
		for doctype in data.DELETED:
			self.assertFalse(frappe.db.exists(doctype, rows[doctype]))
		for doctype in (
			"CX Survey Invitation",
			"CX Survey Response",
			"CX Voice",
			"CX Conversation",
			"CX Initiative",
		):
			self.assertTrue(frappe.db.exists(doctype, rows[doctype]), "records stay, the person goes")
		log = frappe.get_last_doc("Activity Log")
		self.assertIn(new_name, log.subject)

	def answered(self, score=1):
		"""A real question about a real ticket, answered, its voice heard; ledger row, answer, token."""
		doc = kit.resolve(kit.ticket(ADDRESS))
		kit.run_decisions()
		row = kit.row(doc)
		token = kit.token_of(row)
		page = answering.open_page(token)
		question = page.version["questions"][0]["key"]
		stamp = answering.make_stamp(answering._find(token), None, 1)
		form = {"stamp": stamp, f"q_{question}": str(score), "comment": WORDS, "gestures": "4"}
		answering.submit(token, form, agent=kit.PHONE)
		name = frappe.db.get_value("CX Survey Response", {"invitation": row.name})
		acting.act(name)
		return row.name, name, token

	def counts(self):
		fields = ["day", "measure", "survey", "question", "unit", "score", "count"]
		kept = frappe.get_all("CX Score Rollup", filters={"count": ["!=", 0]}, fields=fields, order_by="name")
		today = frappe.utils.getdate()
		people = list(period_counts.period_rows(add_days(today, -90), today))
		return json.loads(json.dumps([kept, people], default=str))

	def test_what_was_deleted_before_is_gone_too(self):
		"""The host keeps a deleted record whole, with the person's words: also where only the key says whose it was."""
		key = ledger.address_key(ADDRESS)
		for doctype, values in (
			("CX Voice", {"source_email": ADDRESS, "statement": WORDS}),
			("CX Voice", {"contact": self.contact, "statement": WORDS}),
			("CX Survey Response", {"respondent_key": key, "comment": WORDS}),
			("CX Voice", {"source_email": OTHER, "statement": WORDS}),
		):
			row = frappe.new_doc(doctype)
			row.update({"name": f"erase-{secrets.token_hex(8)}", **values})
			row.creation = row.modified = now_datetime()
			row.owner = row.modified_by = "Administrator"
			row.db_insert()
			frappe.delete_doc(doctype, row.name, force=True, ignore_permissions=True)
		kept = {"data": ["like", f"%{WORDS}%"]}
		self.assertEqual(frappe.db.count("Deleted Document", kept), 4)
		erasure.erase_contact(self.contact)
		left = frappe.get_all("Deleted Document", kept, pluck="data")
		self.assertEqual(
			[json.loads(text).get("source_email") or text for text in left],
			[OTHER],
			"nobody else's is touched",
		)

	def test_a_mail_of_a_look_alike_is_not_touched(self):
		made = [
			frappe.get_doc({"doctype": "Communication", "subject": "x", "content": "Words", "sender": sender})
			.insert(ignore_permissions=True)
			.name
			for sender in (LOOK_ALIKE, f"Zoë <{ADDRESS}>")
		]
		logged = frappe.get_doc({"doctype": "Error Log", "method": "x", "error": f"of {LOOK_ALIKE}"})
		logged.insert(ignore_permissions=True)
		erasure.erase_contact(self.contact)
		found = [frappe.db.get_value("Communication", name, ["sender", "content"]) for name in made]
		self.assertEqual(found, [(LOOK_ALIKE, "Words"), (None, data.ERASED)])
		self.assertTrue(frappe.db.exists("Error Log", logged.name))

	def test_counts_stay_and_the_link_leads_nowhere(self):
		row, response, token = self.answered()
		before = self.counts()
		self.assertTrue(before[0] and before[1])
		erasure.erase_contact(self.contact)
		self.assertEqual(self.counts(), before)
		rollups.rebuild()
		self.assertEqual(self.counts(), before)
		self.assertEqual(self.places(*self.marks()), {})
		found = frappe.get_doc("CX Survey Response", response)
		self.assertEqual((found.score, found.low, found.comment, found.contact), (1, 1, None, None))
		self.assertEqual(
			found.respondent_key, frappe.db.get_value("CX Survey Invitation", row, "respondent_key")
		)
		self.assertEqual(answering.open_page(token).view, answering.CLOSED)
		# The desk can still finish the voice: nobody waits for a yes that cannot come.
		voice = frappe.get_doc("CX Voice", {"response": response})
		self.assertEqual(voice.statement, data.ERASED)

	def test_the_same_person_twice_and_who_shares_an_address(self):
		twin = self.make_contact()
		colleague = frappe.get_doc(
			{
				"doctype": "Contact",
				"first_name": "Zoëline",
				"email_ids": [{"email_id": OTHER, "is_primary": 1}, {"email_id": ADDRESS}],
			}
		).insert(ignore_permissions=True)
		erasure.erase_contact(self.contact)
		self.assertFalse(frappe.db.exists("Contact", twin))
		self.assertEqual(frappe.get_doc("Contact", colleague.name).email_id, OTHER)
		self.assertEqual(self.places(ADDRESS, *data.spellings([NAME])), {})

	def test_an_opt_out_is_kept_as_a_hash(self):
		_row, _response, token = self.answered()
		answering.unsubscribe(token)
		erasure.erase_contact(self.contact)
		kept = frappe.get_doc("CX Contact Preference", {"address_hash": ledger.address_key(ADDRESS)})
		self.assertEqual((kept.opted_out, kept.contact), (1, None))
		self.assertIn("hash", kept.proof)
		self.assertEqual(set(self.places(*self.marks())), {"tabCX Contact Preference.address_hash"})

	def test_a_copy_holds_what_is_the_persons_and_no_key(self):
		_row, response, _token = self.answered()
		copy = personal_copy.of_addresses([ADDRESS])
		self.assertEqual([row["name"] for row in copy["CX Survey Response"]], [response])
		self.assertIn("CX Voice", copy)
		text = json.dumps(copy, default=str)
		self.assertIn(WORDS, text)
		self.assertNotIn(ledger.address_key(ADDRESS), text)
		self.assertNotIn("token_hash", text)

	def test_only_who_may_erases(self):
		for user, roles in (
			("erase.liaison@desk.example", ["CX Liaison"]),
			("erase.agent@desk.example", ["Agent"]),
		):
			kit_user(user, roles)
			frappe.set_user(user)
			# The host asks for no role while a test runs.
			with patch.dict(frappe.local.flags, in_test=False):
				with self.assertRaises(frappe.PermissionError):
					privacy.erase_contact(self.contact, self.contact)
				with self.assertRaises(frappe.PermissionError):
					privacy.copy_of_contact(self.contact)
		frappe.set_user("Administrator")
		with self.assertRaisesRegex(frappe.ValidationError, "Type the name"):
			privacy.erase_contact(self.contact, "yes")
		self.assertTrue(frappe.db.exists("Contact", self.contact))
		with patch.object(frappe.db, "commit"):
			privacy.erase_contact(self.contact, self.contact)
		self.assertFalse(frappe.db.exists("Contact", self.contact))

	def test_the_hosts_own_request_takes_ours_with_it(self):
		kit_user(ADDRESS, [], name=NAME, kind="Website User")
		self.answered()
		asked = privacy.erase_contact(self.contact, self.contact)
		request = frappe.get_doc("Personal Data Deletion Request", asked["request"])
		self.assertEqual(request.status, "Pending Verification")
		self.assertTrue(self.places(WORDS), "nothing happens before the person has confirmed")
		request.db_set("status", "Pending Approval")
		before = self.counts()
		request.trigger_data_deletion()
		request.reload()
		self.assertEqual(request.status, "Deleted")
		self.assertEqual(self.counts(), before)
		left = self.places(*self.marks())
		# The host's own request names whom it was for.
		self.assertLessEqual(set(left), HOSTS_OWN, left)

	def test_the_hosts_download_gets_a_file_of_ours(self):
		kit_user(ADDRESS, [], name=NAME, kind="Website User")
		self.answered()
		request = frappe.get_doc({"doctype": "Personal Data Download Request", "user": ADDRESS}).insert()
		files = frappe.get_all("File", filters={"attached_to_name": request.name}, pluck="name")
		self.assertEqual(len(files), 2)
		texts = [frappe.get_doc("File", name).get_content() for name in files]
		ours = next(
			text for text in texts if "CX Voice" in text and WORDS in text and "CX Survey Answer" in text
		)
		self.assertIn(WORDS, ours)


# What the host leaves of somebody with a user account.
HOSTS_OWN = {
	"tabPersonal Data Deletion Request.email",
	# Its mail that the account is deleted, until the host clears its queue.
	"tabEmail Queue.message",
	"tabEmail Queue Recipient.recipient",
	# The time zone that the host remembers under the name of a user it has renamed.
	"tabDefaultValue.parent",
}


def kit_user(address, roles, name="", kind="System User"):
	if frappe.db.exists("User", address):
		return
	first, _space, last = name.partition(" ")
	doc = frappe.get_doc(
		{
			"doctype": "User",
			"email": address,
			"first_name": first or address.split("@")[0],
			"last_name": last,
			"send_welcome_email": 0,
			"user_type": kind,
			"roles": [{"role": role} for role in roles],
		}
	)
	doc.insert(ignore_permissions=True)
