"""Several workers at once: each takes what no other holds, and none stops while there is something left for it."""

import sys
from pathlib import Path
from unittest.mock import patch

import survey_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "faults"))
import fault_kit

from cx_desk.core import ledger
from cx_desk.surveys import decide, waves

# A worker in the middle of its batch: it holds rows and people until it is told to end.
HOLD = """
from cx_desk.host import transactions
from cx_desk.surveys import decide, people
from frappe.utils import now_datetime
with transactions.read_committed():
	decide.prepare({size})
	frappe.db.commit()
	rows = decide.claim(now_datetime(), {size})
	held = people.claim({people!r} or [row.recipient for row in rows])
	print("holds", *sorted(held), flush=True)
	sys.stdin.readline()
	frappe.db.rollback()
"""


class TestSurveyWorkers(FrappeTestCase):
	def setUp(self):
		kit.sweep()
		kit.switch_on()
		self.people = [kit.person(f"worker{number}") for number in range(4)]
		for address in self.people:
			kit.resolve(kit.ticket(address))
		# Nobody has asked them anything yet: there is no record of them.
		keys = [ledger.address_key(address) for address in self.people]
		frappe.db.delete("CX Contact Preference", {"address_hash": ["in", keys]})
		frappe.db.commit()

	def tearDown(self):
		frappe.db.rollback()
		kit.sweep()

	def queued(self) -> list[str]:
		fault_kit.fresh()
		filters = {"recipient": ["in", self.people], "status": ledger.QUEUED}
		return sorted(frappe.get_all("CX Survey Invitation", filters, pluck="recipient"))

	def hold(self, size: int, people=()):
		"""Another worker that holds so many rows, and their people or these; the process and whom it holds."""
		other = fault_kit.start(HOLD.format(size=size, people=list(people)))
		fault_kit.wait_ready(other)
		return other, other.stdout.readline().split()[1:]

	def test_a_worker_beside_another_decides_about_people_nobody_knows_yet(self):
		other, held = self.hold(2)
		try:
			self.assertEqual(len(held), 2)
			self.assertEqual(decide.decide_due(batch=2)["Ask"], 2)
			self.assertEqual(self.queued(), sorted(set(self.people) - set(held)))
		finally:
			fault_kit.finish(other)
		# What was held is decided by whoever comes next, and nobody was asked twice.
		self.assertEqual(decide.decide_due(batch=2)["Ask"], 2)
		self.assertEqual(self.queued(), sorted(self.people))
		rows = frappe.get_all("CX Survey Invitation", {"recipient": ["in", self.people]}, pluck="name")
		self.assertEqual(frappe.db.count("Email Queue", {"reference_name": ["in", rows]}), 4)

	def test_a_worker_whose_people_are_all_held_ends(self):
		decide.prepare()
		frappe.db.commit()
		other, held = self.hold(0, self.people)
		try:
			self.assertEqual(held, sorted(self.people))
			self.assertEqual(sum(decide.decide_due(batch=2).values()), 0)
		finally:
			fault_kit.finish(other)
		self.assertEqual(decide.decide_due(batch=2)["Ask"], 4)

	def test_reminders_read_what_others_have_committed_by_then(self):
		"""Under the host's isolation the first read decides what all later ones see, also those behind a lock."""
		frappe.db.set_value("CX Survey", kit.TICKET_SURVEY, "reminder", 1)
		frappe.db.commit()
		levels = []

		def note(surveys, after=None):
			levels.append(frappe.db.sql("select @@session.tx_isolation")[0][0])
			return None, 0, 0

		try:
			with patch.object(waves, "remind_batch", note):
				waves.remind()
		finally:
			frappe.db.set_value("CX Survey", kit.TICKET_SURVEY, "reminder", 0)
			frappe.db.commit()
		self.assertEqual(levels, ["READ-COMMITTED"])
		self.assertEqual(frappe.db.sql("select @@session.tx_isolation")[0][0], "REPEATABLE-READ")
