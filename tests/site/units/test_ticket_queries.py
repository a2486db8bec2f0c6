"""What our handlers cost a ticket's save, warm: at most 2 queries on create and 3 on close; the dialog at most 6."""

from unittest.mock import patch

import unit_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase

from cx_desk.units import dialog

TICKET_EVENTS = ("before_insert", "before_validate", "on_update")


class TestQueries(FrappeTestCase):
	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		frappe.set_user("Administrator")
		kit.make_tree()
		kit.map_to("Person", "queries@kit.example", kit.RETAIL)
		kit.make_contact("queries@kit.example", department="Kit")
		kit.assign(kit.SOUTH, kit.make_user("queries.liaison@desk.example", "CX Liaison", "Agent"))
		cls.agent = kit.make_user("queries.agent@desk.example", "Agent")

	def setUp(self):
		self.addCleanup(frappe.set_user, "Administrator")

	def counted(self, action, with_us):
		"""Queries of `action` with our handlers on or off; run once before, so that caches are warm."""
		hooks = frappe.get_doc_hooks()
		ours = hooks["HD Ticket"]
		taken = {}
		if not with_us:
			for event in TICKET_EVENTS:
				taken[event] = ours[event]
				ours[event] = [path for path in ours[event] if not path.startswith("cx_desk.")]
		try:
			action()
			return kit.queries_of(action)
		finally:
			ours.update(taken)

	def assert_costs(self, action, most):
		bare, ours = self.counted(action, False), self.counted(action, True)
		extra = [query for query in ours if "CX " in query or "cx_" in query]
		self.assertLessEqual(len(ours) - len(bare), most, "\n".join(extra))
		return len(ours) - len(bare)

	def create(self):
		kit.make_ticket("queries@kit.example")

	def test_create(self):
		self.assert_costs(self.create, 2)

	def test_close_with_two_triggers_that_match(self):
		"""One link check, one insert of all ledger rows, one spare."""
		everyone = {
			"survey": "Kit survey",
			"event": "Ticket resolved",
			"delay_hours": 0,
			"sample_percent": 100,
			"audience": "Everyone",
			"enabled_since": None,
			"filters": {},
		}
		on = [frappe._dict(everyone, name=f"Kit trigger {number}") for number in (1, 2)]
		tickets = [kit.make_ticket("queries@kit.example").name for _ in range(6)]
		closed = []

		def close():
			ticket = frappe.get_doc("HD Ticket", tickets.pop())
			ticket.status = "Resolved"
			ticket.save()
			closed.append(ticket.name)

		with patch("cx_desk.surveys.triggers.active", return_value=on):
			self.assert_costs(close, 3)
		written = frappe.get_all("CX Survey Invitation", {"event_name": ("in", closed)}, pluck="event_name")
		self.assertEqual(len(written), 4, "two tickets were closed with us, each with two triggers")

	def test_create_is_one_query_of_the_mapping(self):
		self.create()
		asked = [query for query in kit.queries_of(self.create) if "CX Unit Mapping" in query]
		self.assertEqual(len(asked), 1)

	def test_the_dialog(self):
		"""Whatever the data: nobody known, a known person, a unit with everybody, voices and answers."""
		ticket = kit.make_ticket("queries@kit.example")
		for _ in range(4):
			other = kit.make_ticket("queries@kit.example")
		frappe.db.set_value("HD Ticket", other.name, {"status": "Resolved", "status_category": "Resolved"})
		voice = frappe.new_doc("CX Voice")
		voice.update(
			{"name": "kit-queries-voice", "kind": "Said", "statement": "Kit words", "unit": kit.RETAIL}
		)
		voice.update({"contact": frappe.db.get_value("HD Ticket", ticket.name, "contact"), "state": "Heard"})
		voice.update({"source_email": "queries@kit.example", "creation": frappe.utils.now()})
		voice.db_insert()
		stranger = kit.make_ticket("stranger@kit-nowhere.example")
		for user in (self.agent, "queries.liaison@desk.example", "Administrator"):
			for name in (ticket.name, stranger.name, other.name):
				frappe.set_user(user)

				def show(name=name, user=user):
					ctx = dialog.open_ticket(name, user)
					self.assertTrue(dialog.collect(ctx))

				show()
				sent = kit.queries_of(show)
				with self.subTest(user=user, ticket=name):
					self.assertLessEqual(len(sent), 6, "\n\n".join(sent))
