"""A liaison of one unit tries every door to another unit's answers, and the confidential ones of the own."""

import unit_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase

WORDS = "Words of another unit"


class TestAnotherUnitsAnswers(FrappeTestCase):
	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		frappe.set_user("Administrator")
		kit.make_tree()
		make = kit.make_user
		cls.south = make("answers.south@desk.example", "CX Liaison", "Agent")
		cls.retail = make("answers.retail@desk.example", "CX Liaison", "Agent")
		cls.deputy = make("answers.deputy@desk.example", "CX Liaison", "Agent")
		cls.specialist = make("answers.specialist@desk.example", "CX Liaison", "Agent")
		cls.former = make("answers.former@desk.example", "CX Liaison", "Agent")
		cls.agent = make("answers.agent@desk.example", "Agent")
		cls.manager = make("answers.manager@desk.example", "CX Manager")
		cls.system = make("answers.system@desk.example", "System Manager")
		kit.assign(kit.SOUTH, cls.south)
		kit.assign(kit.RETAIL, cls.retail)
		kit.assign(kit.RETAIL, cls.deputy, "Deputy")
		kit.assign(kit.RETAIL, cls.specialist, "Specialist")
		kit.assign(kit.TREASURY, cls.former, "Specialist", start=-60, end=-1)

	def setUp(self):
		self.addCleanup(frappe.set_user, "Administrator")
		frappe.set_user("Administrator")

	def response(self, unit, privacy="Named"):
		doc = frappe.new_doc("CX Survey Response")
		doc.update({"unit": unit, "privacy": privacy, "comment": WORDS, "score": 2, "kind": "Person"})
		doc.append("answers", {"question_key": "q", "question": "How?", "score": 2, "value": WORDS})
		doc.insert(ignore_permissions=True, ignore_links=True)
		return doc.name

	def voice(self, unit, response=None, responsible=None, confidential=0, team=None):
		doc = frappe.new_doc("CX Voice")
		doc.update(
			{
				"name": f"kit-{frappe.generate_hash(length=8)}",
				"kind": "Low answer",
				"statement": WORDS,
				"unit": unit,
				"response": response,
				"responsible": responsible,
				"confidential": confidential,
				"team": team,
				"state": "Owned",
				"owner": "Administrator",
				"modified_by": "Administrator",
				"creation": frappe.utils.now(),
				"modified": frappe.utils.now(),
			}
		)
		doc.db_insert()
		return doc.name

	def sees(self, user, doctype, name):
		"""Whether the row is open, and that every door agrees."""
		frappe.set_user(user)
		try:
			listed = bool(frappe.get_list(doctype, filters={"name": name}))
			counted = bool(frappe.get_list(doctype, filters={"name": name}, fields=["count(name) as n"])[0].n)
			opened = bool(frappe.has_permission(doctype, "read", doc=name))
			words = frappe.get_list(doctype, filters={"name": name}, fields=["*"])
		except frappe.PermissionError:
			return False
		finally:
			frappe.set_user("Administrator")
		self.assertEqual(
			(listed, counted, bool(words)), (opened,) * 3, f"{user}: the doors to {doctype} disagree"
		)
		return opened

	def who_sees(self, doctype, name):
		everybody = ("south", "retail", "deputy", "specialist", "former", "agent", "manager", "system")
		return {who for who in everybody if self.sees(getattr(self, who), doctype, name)}

	def test_a_named_answer_is_for_the_scope(self):
		self.assertEqual(
			self.who_sees("CX Survey Response", self.response(kit.RETAIL)),
			{"south", "retail", "deputy", "specialist", "manager"},
		)
		self.assertEqual(
			self.who_sees("CX Survey Response", self.response(kit.TREASURY)), {"south", "manager"}
		)
		self.assertEqual(self.who_sees("CX Survey Response", self.response(kit.CLAIMS)), {"manager"})

	def test_a_confidential_answer_is_for_the_units_own_liaison_and_deputy(self):
		name = self.response(kit.RETAIL, "Confidential")
		self.assertEqual(self.who_sees("CX Survey Response", name), {"retail", "manager", "deputy"})
		# Treasury has no liaison of its own: South's answers for it.
		name = self.response(kit.TREASURY, "Confidential")
		self.assertEqual(self.who_sees("CX Survey Response", name), {"south", "manager"})

	def test_an_answer_without_a_unit_is_the_managers(self):
		self.assertEqual(self.who_sees("CX Survey Response", self.response(None)), {"manager"})

	def test_who_settles_a_voice_reads_its_answer_unless_it_is_confidential(self):
		named = self.response(kit.CLAIMS)
		self.voice(kit.CLAIMS, named, self.agent)
		self.assertEqual(self.who_sees("CX Survey Response", named), {"manager", "agent"})
		confidential = self.response(kit.CLAIMS, "Confidential")
		self.voice(kit.CLAIMS, confidential, self.agent, confidential=1)
		self.assertEqual(self.who_sees("CX Survey Response", confidential), {"manager"})

	def test_voices_follow_scope_and_who_settles_them(self):
		self.assertEqual(
			self.who_sees("CX Voice", self.voice(kit.RETAIL)),
			{"south", "retail", "deputy", "specialist", "manager"},
		)
		self.assertEqual(
			self.who_sees("CX Voice", self.voice(kit.CLAIMS, responsible=self.agent)), {"manager", "agent"}
		)
		self.assertEqual(
			self.who_sees("CX Voice", self.voice(kit.RETAIL, confidential=1)), {"retail", "deputy", "manager"}
		)

	def test_a_team_reads_what_was_said_about_its_tickets_and_changes_nothing(self):
		if not frappe.db.exists("HD Team", "Kit Team"):
			frappe.get_doc(
				{"doctype": "HD Team", "team_name": "Kit Team", "users": [{"user": self.agent}]}
			).insert(ignore_permissions=True)
		named = self.voice(kit.CLAIMS, team="Kit Team")
		self.assertEqual(self.who_sees("CX Voice", named), {"manager", "agent"})
		self.assertEqual(
			self.who_sees("CX Voice", self.voice(kit.CLAIMS, team="Kit Team", confidential=1)), {"manager"}
		)
		frappe.set_user(self.agent)
		self.assertFalse(frappe.has_permission("CX Voice", "write", doc=named))

	def test_child_rows_do_not_leak_when_asked_for_directly(self):
		import frappe.client

		foreign, mine = self.response(kit.CLAIMS), self.response(kit.RETAIL)
		frappe.set_user(self.retail)
		rows = frappe.client.get_list(
			"CX Survey Answer",
			fields=["parent", "value"],
			filters={"value": WORDS},
			parent="CX Survey Response",
			limit_page_length=0,
		)
		self.assertIn(mine, {row.parent for row in rows})
		self.assertNotIn(foreign, {row.parent for row in rows})

	def test_the_list_of_a_parent_with_child_columns_does_not_leak(self):
		foreign, mine = self.response(kit.CLAIMS), self.response(kit.RETAIL)
		frappe.set_user(self.retail)
		rows = frappe.get_list(
			"CX Survey Response",
			fields=["name", "`tabCX Survey Answer`.`value` as word"],
			limit_page_length=0,
		)
		self.assertIn(mine, {row.name for row in rows})
		self.assertNotIn(foreign, {row.name for row in rows})

	def test_filtering_by_a_foreign_row_tells_nothing(self):
		"""A filter on a column of a row that cannot be seen must not answer by the number of rows."""
		self.response(kit.CLAIMS)
		frappe.set_user(self.retail)
		for condition in ({"comment": ("like", "Words%")}, {"score": ("<", 3)}, {"unit": kit.CLAIMS}):
			names = frappe.get_list(
				"CX Survey Response", filters={**condition, "unit": kit.CLAIMS}, pluck="name"
			)
			self.assertEqual(names, [])
			rows = frappe.get_list(
				"CX Survey Response",
				or_filters={**condition, "unit": kit.CLAIMS},
				fields=["unit"],
				limit_page_length=0,
			)
			self.assertNotIn(kit.CLAIMS, {row.unit for row in rows})

	def test_an_assignment_opens_and_closes_its_unit_by_date_alone(self):
		name = self.response(kit.CLAIMS)
		row = kit.assign(kit.NORTH, self.former, start=0)
		self.assertTrue(self.sees(self.former, "CX Survey Response", name))
		row.db_set("to_date", frappe.utils.add_days(frappe.utils.nowdate(), -1))
		self.assertFalse(self.sees(self.former, "CX Survey Response", name))
		tomorrow = frappe.utils.add_days(frappe.utils.nowdate(), 1)
		row.db_set({"from_date": tomorrow, "to_date": None})
		self.assertFalse(self.sees(self.former, "CX Survey Response", name), "not before its first day")

	def test_an_admins_user_permission_only_narrows(self):
		mine, other = self.response(kit.RETAIL), self.response(kit.TREASURY)
		frappe.permissions.add_user_permission(
			"CX Business Unit",
			kit.TREASURY,
			self.south,
			ignore_permissions=True,
			applicable_for="CX Survey Response",
		)
		self.addCleanup(
			frappe.permissions.remove_user_permission, "CX Business Unit", kit.TREASURY, self.south
		)
		# unit ignores user permissions, so that one foreign unit in a row does not close the form: nothing opens
		# that was closed, whatever an admin sets.
		self.assertTrue(self.sees(self.south, "CX Survey Response", other))
		self.assertFalse(self.sees(self.south, "CX Survey Response", self.response(kit.CLAIMS)))
		self.assertIsNotNone(mine)

	def test_nobody_is_given_user_permissions(self):
		people = [self.south, self.retail, self.deputy, self.specialist, self.former]
		self.assertFalse(
			frappe.get_all("User Permission", {"user": ("in", people), "allow": "CX Business Unit"})
		)

	def test_a_row_cannot_be_taken_over_by_writing_oneself_into_it(self):
		"""The host asks for permission when the document already holds what was sent."""
		import frappe.client

		name = self.voice(kit.CLAIMS)
		frappe.set_user(self.retail)
		for forged in ({"unit": kit.RETAIL}, {"responsible": self.retail}, {"owner": self.retail}):
			with self.subTest(forged=forged):
				doc = frappe.get_doc("CX Voice", name)
				doc.update(forged)
				with self.assertRaises(frappe.PermissionError):
					doc.save()
				with self.assertRaises(frappe.PermissionError):
					frappe.client.set_value("CX Voice", name, forged)

	def test_a_unit_is_changed_only_by_those_who_answer_for_it(self):
		for who, may in (
			("south", True),
			("retail", True),
			("specialist", False),
			("former", False),
			("agent", False),
		):
			frappe.set_user(getattr(self, who))
			self.assertEqual(
				bool(frappe.has_permission("CX Business Unit", "write", doc=kit.RETAIL)), may, who
			)
			self.assertTrue(frappe.has_permission("CX Business Unit", "read", doc=kit.RETAIL), who)

	def test_people_that_matter_are_not_for_agents(self):
		import frappe.client

		unit = frappe.get_doc("CX Business Unit", kit.CLAIMS)
		contact = kit.make_contact("answers.sponsor@firm.example")
		unit.append("people", {"contact": contact.name, "role": "Sponsor", "note": WORDS})
		unit.save()
		for who, may in (("agent", False), ("retail", True), ("manager", True)):
			frappe.set_user(getattr(self, who))
			rows = frappe.client.get_list(
				"CX Unit Person", filters={"note": WORDS}, parent="CX Business Unit"
			)
			self.assertEqual(bool(rows), may, who)
			doc = frappe.client.get("CX Business Unit", kit.CLAIMS)
			self.assertEqual(WORDS in frappe.as_json(doc), may, who)

	def test_confidential_rows_leave_in_no_report_and_no_export(self):
		"""Their readers open them one by one; report view, export and background export leave them out."""
		named, confidential = self.response(kit.RETAIL), self.response(kit.RETAIL, "Confidential")
		filters = {"name": ["in", [named, confidential]]}
		for user in (self.retail, self.manager):
			self.assertTrue(self.sees(user, "CX Survey Response", confidential))
			frappe.set_user(user)
			doors = {
				"list": ({}, {}, {named, confidential}),
				"report view": ({"view": "Report"}, {}, {named}),
				"export": ({"cmd": "frappe.desk.reportview.export_query"}, {}, {named}),
				"job": ({}, {"method": "frappe.desk.reportview.run_report_view_export_job"}, {named}),
			}
			for door, (form, job, expected) in doors.items():
				frappe.local.form_dict = frappe._dict(form)
				frappe.local.job = frappe._dict(job) if job else None
				try:
					rows = frappe.get_list("CX Survey Response", filters=filters, pluck="name")
					answers = frappe.get_list(
						"CX Survey Answer",
						filters={"parent": ["in", [named, confidential]]},
						pluck="parent",
						parent_doctype="CX Survey Response",
					)
				finally:
					frappe.local.form_dict, frappe.local.job = frappe._dict(), None
				self.assertEqual((set(rows), set(answers)), (expected, expected), f"{user}: {door}")

	def test_nor_in_a_saved_report_however_it_is_filled(self):
		"""On the screen of a report, in a mail by the clock: always by the report itself."""
		named, confidential = self.response(kit.RETAIL), self.response(kit.RETAIL, "Confidential")
		report = frappe.get_doc(
			{
				"doctype": "Report",
				"report_name": f"Kit {frappe.generate_hash(length=8)}",
				"ref_doctype": "CX Survey Response",
				"report_type": "Report Builder",
				"is_standard": "No",
				"json": frappe.as_json(
					{
						"fields": [["name", "CX Survey Response"], ["comment", "CX Survey Response"]],
						"filters": [["CX Survey Response", "name", "in", [named, confidential]]],
						"order_by": "`tabCX Survey Response`.`name` asc",
					}
				),
			}
		).insert()
		for user in (self.retail, self.manager, "Administrator"):
			frappe.set_user(user)
			_columns, rows = report.get_data(user=user, as_dict=True)
			frappe.set_user("Administrator")
			self.assertEqual([row.name for row in rows], [named], user)
