"""Functions of the host that ask nobody whose record it is: each is tried over HTTP, by everybody who may not read it.

Every attack is also made by somebody who may read the record, and shows it to them: a test of a closed door that nobody
could ever open tells nothing.
"""

import json
import re
from urllib.parse import quote

import survey_kit
import unit_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase

WORDS, PEOPLE, TITLE = "Door words", "Door sponsor note", "Door initiative"
DOMAIN = "doors.example"
ROLES = {
	"manager": ("CX Manager", "System Manager"),
	"near": ("CX Liaison", "Agent"),
	"beside": ("CX Liaison", "Agent"),
	"agent": ("Agent", "Agent Manager"),
	"desk": (),
}


class TestHostDoors(FrappeTestCase):
	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		frappe.set_user("Administrator")
		cls.clean()
		kit.make_tree()
		cls.keys = {who: cls.key_of(who, *roles) for who, roles in ROLES.items()}
		cls.keys["portal"] = cls.key_of("portal", user_type="Website User")
		kit.assign(kit.CLAIMS, f"near@{DOMAIN}")
		kit.assign(kit.RETAIL, f"beside@{DOMAIN}")
		cls.answer = cls.row(
			"CX Survey Response",
			unit=kit.CLAIMS,
			privacy="Confidential",
			comment=WORDS,
			kind="Person",
			score=2,
		)
		cls.initiative = cls.row("CX Initiative", unit=kit.CLAIMS, title=TITLE, stage="Draft")
		# The agent settles this voice: its row is theirs to read, the confidential answer behind it is not.
		cls.voice = cls.row(
			"CX Voice",
			unit=kit.CLAIMS,
			statement="A low answer",
			kind="Low answer",
			state="Owned",
			confidential=1,
			response=cls.answer,
			responsible=f"agent@{DOMAIN}",
		)
		cls.foreign = cls.row("CX Voice", unit=kit.CLAIMS, statement=WORDS, kind="Said", state="Owned")
		unit = frappe.get_doc("CX Business Unit", kit.CLAIMS)
		cls.people_before = [row.as_dict(no_default_fields=True) for row in unit.people]
		unit.append(
			"people",
			{"contact": kit.make_contact(f"sponsor@{DOMAIN}").name, "role": "Sponsor", "note": PEOPLE},
		)
		unit.save()
		contact = kit.make_contact(f"portal@{DOMAIN}")
		cls.ticket = kit.make_ticket(f"portal@{DOMAIN}")
		cls.ticket.db_set({"cx_business_unit": kit.CLAIMS, "contact": contact.name})
		frappe.db.commit()

	@classmethod
	def tearDownClass(cls):
		frappe.db.rollback()
		unit = frappe.get_doc("CX Business Unit", kit.CLAIMS)
		unit.set("people", cls.people_before)
		unit.save()
		cls.clean()
		super().tearDownClass()

	@classmethod
	def clean(cls):
		for doctype in ("CX Survey Response", "CX Voice", "CX Initiative"):
			frappe.db.delete(doctype, {"name": ["like", "door-%"]})
		for ticket in frappe.get_all("HD Ticket", {"raised_by": f"portal@{DOMAIN}"}, pluck="name"):
			frappe.delete_doc("HD Ticket", ticket, force=True)
		frappe.db.delete("CX Liaison Assignment", {"user": ["like", f"%@{DOMAIN}"]})
		frappe.db.delete("Document Follow", {"user": ["like", f"%@{DOMAIN}"]})
		for contact in frappe.get_all("Contact", {"email_id": ["like", f"%@{DOMAIN}"]}, pluck="name"):
			frappe.delete_doc("Contact", contact, force=True)
		for user in frappe.get_all("User", {"name": ["like", f"%@{DOMAIN}"]}, pluck="name"):
			frappe.delete_doc("User", user, force=True)
		frappe.db.commit()

	@classmethod
	def key_of(cls, who, *roles, user_type="System User"):
		doc = frappe.get_doc("User", kit.make_user(f"{who}@{DOMAIN}", *roles, user_type=user_type))
		doc.api_key, doc.api_secret = frappe.generate_hash(length=15), frappe.generate_hash(length=15)
		doc.document_follow_notify = 1
		doc.save()
		return f"token {doc.api_key}:{doc.get_password('api_secret')}"

	@classmethod
	def row(cls, doctype, **values):
		doc = frappe.new_doc(doctype)
		now = frappe.utils.now()
		doc.update(values)
		doc.update({"name": f"door-{frappe.generate_hash(length=8)}", "creation": now, "modified": now})
		doc.owner = doc.modified_by = "Administrator"
		doc.db_insert()
		return doc.name

	def ask(self, who, path, **form):
		sent = {"data": {key: self.text(value) for key, value in form.items()}} if form else {}
		answer = survey_kit.http(
			"POST" if form else "GET", path, headers={"Authorization": self.keys[who]}, **sent
		)
		return answer.status_code, answer.get_data(as_text=True)

	@staticmethod
	def text(value):
		return value if isinstance(value, str) else json.dumps(value)

	def method(self, who, method, **form):
		return self.ask(who, f"/api/method/{method}", **form)

	# Searching past permissions.

	def search(self, who, doctype, field, prefix="/api/method/", **form):
		return self.ask(
			who,
			f"{prefix}frappe.desk.search.search_link",
			doctype=doctype,
			txt="",
			searchfield=field,
			page_length="1000",
			ignore_user_permissions="1",
			**form,
		)[1]

	def test_a_search_does_not_look_past_permissions(self):
		for prefix in ("/api/method/", "/api/v1/method/", "/api/v2/method/"):
			self.assertIn(WORDS, self.search("near", "CX Survey Response", "comment", prefix))
			for who in ("beside", "agent", "desk", "portal"):
				for doctype, field in (("CX Survey Response", "comment"), ("CX Voice", "statement")):
					self.assertNotIn(WORDS, self.search(who, doctype, field, prefix), (who, doctype))
		for who in ("beside", "agent"):
			found = self.search(
				who,
				"CX Survey Answer",
				"value",
				reference_doctype="CX Survey Response",
				filter_fields=["value"],
			)
			self.assertNotIn(WORDS, found)

	def test_nor_by_a_name_that_only_looks_different(self):
		for doctype in ("CX Survey Response ", "cx survey response", " CX Survey Response"):
			self.assertNotIn(WORDS, self.search("beside", doctype, "comment"))

	# Another record inside one's own.

	def test_a_list_does_not_join_what_may_not_be_read(self):
		fields = json.dumps(["name", "response.comment as words"])
		doors = {
			"resource": f"/api/resource/CX Voice?fields={quote(fields)}&limit_page_length=0",
			"alias": f"/api/v2/document/CX Voice?fields={quote(fields)}&limit=0",
		}
		for who in ("agent", "near", "manager"):
			for door, path in doors.items():
				status, found = self.ask(who, path)
				self.assertEqual(status, 403, (who, door))
				self.assertNotIn(WORDS, found, (who, door))
			status, found = self.method(
				who,
				"frappe.client.get_value",
				doctype="CX Voice",
				fieldname=["response.comment"],
				filters={"name": self.voice},
			)
			self.assertNotIn(WORDS, found)
			status, found = self.method(
				who, "frappe.desk.reportview.get", doctype="CX Voice", fields=["ticket.raised_by", "name"]
			)
			self.assertEqual(status, 403)
		# Its own columns, and a doctype without conditions, are joined as ever.
		status, found = self.ask(
			"near", '/api/resource/CX Voice?fields=["name","unit.parent_cx_business_unit"]'
		)
		self.assertEqual(status, 200, found[:300])

	def test_an_expanded_record_shows_only_what_may_be_read(self):
		path = f"/api/resource/CX Voice/{self.voice}?expand_links=1"
		self.assertIn(WORDS, self.ask("near", path)[1])
		status, found = self.ask("agent", path)
		self.assertEqual(status, 200)
		self.assertNotIn(WORDS, found)
		self.assertEqual(json.loads(found)["data"]["response"], self.answer, "the name stays")

	def test_a_ticket_shows_its_person_nothing_of_the_unit(self):
		path = f"/api/resource/HD Ticket/{self.ticket.name}?expand_links=1"
		self.assertIn(PEOPLE, self.ask("near", path)[1])
		for who in ("portal", "agent"):
			status, found = self.ask(who, path)
			self.assertEqual(status, 200)
			self.assertNotIn(PEOPLE, found, who)
		data = json.loads(self.ask("portal", path)[1])["data"]
		self.assertEqual(data["cx_business_unit"], kit.CLAIMS)
		self.assertIsInstance(data["status"], dict, "the host's own links are expanded as ever")

	# Titles and counts.

	def test_a_title_is_for_those_who_may_read_the_record(self):
		method = "frappe.desk.search.get_link_title"
		form = {"doctype": "CX Initiative", "docname": self.initiative}
		self.assertIn(TITLE, self.method("near", method, **form)[1])
		for who in ("beside", "agent", "desk", "portal"):
			status, found = self.method(who, method, **form)
			self.assertEqual((status, json.loads(found)["message"]), (200, self.initiative), who)
			self.assertNotIn(TITLE, self.ask(who, f"/api/v2/method/{method}", **form)[1])
			self.assertNotIn(TITLE, self.ask(who, "/", cmd=method, **form)[1])

	def test_a_title_does_not_come_with_another_record(self):
		tag = self.row(
			"CX Open Question",
			initiative=self.initiative,
			unit=kit.CLAIMS,
			question="Which?",
			responsible=f"agent@{DOMAIN}",
		)
		self.addCleanup(lambda: (frappe.db.delete("CX Open Question", {"name": tag}), frappe.db.commit()))
		frappe.db.commit()
		path = f"/api/method/frappe.desk.form.load.getdoc?doctype=CX Open Question&name={tag}"
		self.assertIn(TITLE, self.ask("near", path)[1])
		status, found = self.ask("agent", path)
		self.assertEqual(status, 200)
		self.assertNotIn(TITLE, found)

	def counts(self, who, **form):
		_status, found = self.method(
			who,
			"frappe.desk.notifications.get_open_count",
			doctype="CX Business Unit",
			name=kit.CLAIMS,
			**form,
		)
		rows = json.loads(found)["message"]["count"]["external_links_found"]
		return {row["doctype"]: row["count"] for row in rows}

	def test_counts_beside_a_unit_are_of_rows_that_may_be_read(self):
		asked = {"items": ["CX Survey Response", "CX Voice", "CX Anonymous Response", "HD Ticket"]}
		for form in (asked, {}):
			near = self.counts("near", **form)
			self.assertGreaterEqual(near["CX Voice"], 2)
			for who in ("beside", "agent"):
				self.assertEqual([one for one in self.counts(who, **form) if one.startswith("CX ")], [], who)
		for who in ("near", "manager"):
			self.assertNotIn("CX Anonymous Response", self.counts(who, **asked), "counts go by five")

	# What writes, or sends what is written later.

	def test_nobody_writes_beside_a_record_they_may_not_read(self):
		like = {"doctype": "CX Voice", "name": self.foreign, "add": "Yes"}
		say = {
			"comment": "I was here",
			"comment_email": f"portal@{DOMAIN}",
			"comment_by": "x",
			"reference_doctype": "CX Voice",
			"reference_name": self.foreign,
			"route": "x",
		}
		for who in ("portal", "desk", "beside"):
			for name, form in (
				("frappe.desk.like.toggle_like", like),
				("frappe.templates.includes.comments.comments.add_comment", say),
			):
				self.assertEqual(self.method(who, name, **form)[0], 403, (who, name))
		frappe.db.rollback()
		self.assertFalse(frappe.db.get_value("CX Voice", self.foreign, "_liked_by"))
		self.assertFalse(frappe.db.exists("Comment", {"reference_name": self.foreign}))
		self.assertEqual(self.method("near", "frappe.desk.like.toggle_like", **like)[0], 200)

	def test_changes_are_mailed_to_nobody(self):
		form = {"doctype": "CX Voice", "doc_name": self.foreign, "following": "1"}
		for who in ("beside", "near"):
			self.method(who, "frappe.desk.form.document_follow.update_follow", **form)
			survey_kit.http(
				"POST",
				"/api/resource/Document Follow",
				headers={"Authorization": self.keys[who]},
				json={"ref_doctype": "CX Voice", "ref_docname": self.foreign, "user": f"{who}@{DOMAIN}"},
			)
		frappe.db.rollback()
		self.assertFalse(frappe.db.exists("Document Follow", {"ref_doctype": "CX Voice"}))


class TestJoinsAreRefusedEverywhere(FrappeTestCase):
	def test_every_doctype_that_links_such_rows_refuses_joins(self):
		hooks = frappe.get_hooks("permission_query_conditions")
		scoped = {one for one in hooks if one.startswith("CX ")} | {"HD Ticket"}
		for doctype in frappe.get_all("DocType", {"module": "CX Desk", "issingle": 0}, pluck="name"):
			linked = {field.options for field in frappe.get_meta(doctype).get_link_fields()} & scoped
			# Whose own rows nobody opens through the host has nothing to join.
			if linked - {doctype} and frappe.get_meta(doctype).permissions:
				self.assertTrue(
					[one for one in hooks.get(doctype, []) if re.search(r"\.refuse_joins$", one)], doctype
				)
