"""What the phone page sends is taken once, checked, and becomes a voice with an owner; and triage gives it a way."""

import io
from datetime import timedelta
from unittest.mock import patch

import visit_kit as kit
from PIL import Image

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils import add_days, nowdate

from cx_desk.immersion import entries, photos, questions, triage

ENTRY = "entry-0123456789ab-{0}"


def picture(size=(300, 200), form="JPEG", **given) -> bytes:
	out = io.BytesIO()
	Image.new("RGB", size, "orange").save(out, format=form, **given)
	return out.getvalue()


class VisitCase(FrappeTestCase):
	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		cls.people = kit.people()

	def setUp(self):
		kit.no_visits()
		self.addCleanup(frappe.set_user, "Administrator")
		self.visit = kit.held(self.people.agent)
		frappe.set_user(self.people.agent)
		self.number = 0

	def take(self, kind, statement=None, who=None, entry=None, **given):
		self.number += 1
		return entries.take(
			self.visit.name,
			entry or ENTRY.format(f"{self._testMethodName[-9:]}{self.number}".replace("_", "-")),
			kind,
			statement,
			who,
			**given,
		)

	def refused(self, text, *args, **given):
		with self.assertRaises(frappe.ValidationError) as refused:
			self.take(*args, **given)
		self.assertIn(text, str(refused.exception))


class TestEntries(VisitCase):
	def test_a_sentence_becomes_a_voice_with_an_owner_whose_yes_is_the_persons(self):
		name = self.take("Said", "It is slow at six.", kit.HOST)["voice"]
		doc = frappe.get_doc("CX Voice", name)
		self.assertEqual((doc.kind, doc.unit, doc.responsible), ("Said", kit.UNIT, self.people.agent))
		self.assertEqual((doc.source_email, doc.needs_source_yes), (kit.HOST, 1))
		self.assertTrue(doc.due_at)
		self.assertEqual(frappe.db.count("CX Visit Voice", {"visit": self.visit.name}), 1)

	def test_the_same_entry_is_taken_once(self):
		entry = "entry-once-0123456789"
		first = self.take("Said", "Once.", "Hanna", entry=entry, photo=picture())
		again = self.take("Said", "Once.", "Hanna", entry=entry, photo=picture())
		self.assertEqual(first, again)
		self.assertEqual(frappe.db.count("CX Visit Voice", {"visit": self.visit.name}), 1)
		self.assertEqual(frappe.db.count("File", {"attached_to_name": first["voice"]}), 1)

	def test_seen_has_no_source_and_said_needs_one(self):
		doc = frappe.get_doc("CX Voice", self.take("Seen", "Two screens, one in use.")["voice"])
		self.assertEqual((doc.source_type, doc.needs_source_yes), ("Seen", 0))
		self.refused("Say who said it", "Said", "Who was it?")
		self.refused("Write down", "Said", "   ", "Hanna")

	def test_bad_input_is_refused_with_what_to_do(self):
		self.refused("no valid id", "Said", "x", "y", entry="1")
		self.refused("no kind of entry", "Shouted", "x", "y")
		self.refused("mail address", "Ticket", "x", "Hanna of gate 12")
		frappe.db.set_value("CX Visit", self.visit.name, "state", "Cancelled")
		self.refused("Choose another visit", "Said", "x", "y")

	def test_a_ticket_for_somebody_at_the_counter_once(self):
		entry = "entry-ticket-0123456789"
		first = self.take("Ticket", "I cannot print.", kit.HOST, entry=entry)
		again = self.take("Ticket", "I cannot print.", kit.HOST, entry=entry)
		self.assertEqual(first["ticket"], again["ticket"])
		ticket = frappe.get_doc("HD Ticket", first["ticket"])
		self.assertEqual((ticket.raised_by, ticket.subject), (kit.HOST, "I cannot print."))
		self.assertEqual(frappe.db.get_value("CX Voice", first["voice"], "ticket"), first["ticket"])

	def test_begin_and_end_move_the_visit_once(self):
		frappe.set_user("Administrator")
		now = frappe.utils.now_datetime()
		doc = kit.visit(self.people.second, starts=now + timedelta(minutes=2), type="Floor-walk")
		frappe.set_user(self.people.second)
		entries.take(doc.name, "entry-begin-0123456789", "Begin")
		entries.take(doc.name, "entry-begin-0123456789", "Begin")
		self.assertEqual(entries.take(doc.name, "entry-end-0123456789", "End")["state"], "Held")
		self.assertEqual(entries.take(doc.name, "entry-end-0123456789", "End")["state"], "Held")
		self.assertEqual(len(entries.visits_of(self.people.second)), 1)

	def test_who_is_there_is_offered_by_name_with_the_address_once(self):
		frappe.set_user("Administrator")
		ticket = {"doctype": "HD Ticket", "subject": "Offered", "raised_by": "visit.caller@voicetest.example"}
		kit.kit.contact("Carla Caller", "visit.caller@voicetest.example")
		frappe.get_doc({**ticket, "cx_business_unit": kit.UNIT}).insert()
		frappe.set_user(self.people.agent)
		frappe.db.set_value("CX Visit", self.visit.name, "starts_on", frappe.utils.now_datetime())
		people = entries.visits_of(self.people.agent)[0].people
		self.assertEqual(people[0], {"name": "Hanna Host", "address": kit.HOST})
		self.assertIn({"name": "Carla Caller", "address": "visit.caller@voicetest.example"}, people)
		addresses = [person["address"] for person in people if person["address"]]
		self.assertEqual(len(addresses), len(set(addresses)))

	def test_a_clock_that_cannot_be_right_is_not_believed(self):
		now = frappe.utils.now_datetime()
		for text in ("2099-01-01T00:00:00Z", "1999-01-01T00:00:00Z", "yesterday", None):
			self.assertLess(abs((entries.moment_of(text) - now).total_seconds()), 5)

	def test_a_stranger_cannot_add_to_it(self):
		from cx_desk.api import visits as api

		frappe.set_user(self.people.stranger)
		with self.assertRaises(frappe.PermissionError):
			api.take_entry(self.visit.name, "entry-stranger-012345", "Seen", "x")


class TestPhotos(VisitCase):
	def test_metadata_is_gone_and_the_picture_upright(self):
		exif = Image.Exif()
		exif[0x0112], exif[0x010F], exif[0x8825] = 6, "PhoneMaker", {1: "N", 2: (52.0, 30.0, 0.0)}
		clean = photos.clean(picture(exif=exif, comment=b"secret"))
		self.assertNotIn(b"PhoneMaker", clean)
		self.assertNotIn(b"secret", clean)
		with Image.open(io.BytesIO(clean)) as made:
			self.assertEqual((made.format, made.size, dict(made.getexif())), ("JPEG", (200, 300), {}))

	def test_large_ones_become_small(self):
		with Image.open(io.BytesIO(photos.clean(picture((4000, 3000))))) as made:
			self.assertEqual(made.size, (1600, 1200))

	def test_what_is_no_photo_is_refused_and_nothing_is_kept(self):
		for content in (
			b"<svg onload=alert(1)>",
			b"GIF89a" + b"0" * 50,
			b"",
			picture()[:80],
			picture(form="TIFF"),
		):
			if content:
				self.refused("no photo", "Seen", "x", photo=content)
		self.assertEqual(frappe.db.count("CX Visit Voice", {"visit": self.visit.name}), 0)

	def test_40_mb_are_refused(self):
		self.refused("40 MB", "Seen", "x", photo=b"0" * 40 * 1024 * 1024)

	def test_the_photo_is_private_and_made_small_once(self):
		with patch.object(photos, "clean", side_effect=photos.clean) as cleaned:
			voice = self.take("Seen", "x", photo=picture())["voice"]
		self.assertEqual(cleaned.call_count, 1, "every pass costs sharpness")
		self.assertEqual(frappe.db.get_value("File", {"attached_to_name": voice}, "is_private"), 1)


class TestTriage(VisitCase):
	def point(self, kind="Said", statement="It is slow.", who=kit.HOST):
		voice = self.take(kind, statement, who)["voice"]
		return frappe.db.get_value("CX Visit Voice", {"voice": voice}), voice

	def test_category_impact_and_way_go_to_the_voice(self):
		point, voice = self.point()
		triage.decide(point, "Waiting", "Delay", "Training", reason="The short way to print")
		doc = frappe.get_doc("CX Voice", voice)
		self.assertEqual((doc.driver, doc.state), ("Waiting", "Owned"))
		self.assertIn("The short way to print", doc.steps[-2].note + (doc.steps[-1].note or ""))
		self.assertEqual(triage.points_of(self.visit.name)[0]["way"], "Training")

	def test_what_is_missing_is_said(self):
		point, _voice = self.point()
		for args, given, text in (
			(("Nonsense", "Delay", "Ticket"), {}, "category"),
			(("Waiting", "Huge", "Ticket"), {}, "impact"),
			(("Waiting", "Delay", "Somewhere"), {}, "way"),
			(("Waiting", "Delay", "None"), {}, "why nothing"),
			(("Waiting", "Delay", "Promise"), {}, "what you promise"),
			(("Waiting", "Delay", "Question"), {"ask": "Why?"}, "the team"),
			(("Waiting", "Delay", "Ticket"), {"ticket": "999999"}, "no ticket"),
		):
			with self.assertRaises(frappe.ValidationError) as refused:
				triage.decide(point, *args, **given)
			self.assertIn(text, str(refused.exception))

	def test_whoever_heard_it_keeps_it(self):
		point, voice = self.point()
		frappe.set_user(self.people.liaison)
		triage.decide(point, "Waiting", "Delay", "Training", reason="The way back to the last pick")
		self.assertEqual(
			frappe.db.get_value("CX Voice", voice, ["state", "responsible"]), ("Owned", self.people.agent)
		)

	def test_no_way_declines_with_the_reason(self):
		point, voice = self.point()
		triage.decide(point, "Waiting", "None", "None", reason="The hall is closed in May")
		self.assertEqual(
			frappe.db.get_value("CX Voice", voice, ["state", "decline_reason"]),
			("Declined", "The hall is closed in May"),
		)

	def test_a_ticket_is_raised_once(self):
		point, voice = self.point()
		ticket = triage.decide(point, "Waiting", "Delay", "Ticket")["ticket"]
		self.assertEqual(triage.decide(point, "Waiting", "Delay", "Ticket")["ticket"], ticket)
		self.assertEqual(frappe.db.get_value("CX Voice", voice, "ticket"), ticket)

	def test_a_promise_is_a_voice_of_its_own_and_made_once(self):
		point, _voice = self.point()
		for _again in range(2):
			triage.decide(point, "Waiting", "Delay", "Promise", reason="A second printer by May")
		self.assertEqual(
			frappe.db.count(
				"CX Voice", {"kind": "Promise", "unit": kit.UNIT, "origin": f"point:{point}:promise"}
			),
			1,
		)

	def test_the_answer_of_a_team_goes_back_to_everybody_who_reported_it(self):
		kit.kit.mail_account()
		first, one = self.point(statement="The scanner hangs.")
		second, two = self.point(statement="It hangs here as well.", who="paul@voicetest.example")
		third, three = self.point("Seen", "It hangs.", None)
		asked = triage.decide(
			first,
			"Waiting",
			"Delay",
			"Question",
			ask="Why does it hang?",
			asked_of="Scanner team",
			due_on=add_days(nowdate(), 5),
		)
		for point in (second, third):
			triage.decide(point, "Waiting", "Delay", "Question", question=asked["question"])
		question = frappe.get_doc("CX Resolver Question", asked["question"])
		self.assertEqual((question.state, question.answerer), ("Open", self.people.liaison))
		frappe.set_user(self.people.liaison)
		with self.assertRaises(frappe.ValidationError):
			questions.answer(question.name, " ")
		self.assertEqual(
			questions.answer(question.name, "Firmware 4 mends it, next week."), {"told": 2, "left": 1}
		)
		frappe.set_user("Administrator")
		for voice in (one, two):
			doc = frappe.get_doc("CX Voice", voice)
			self.assertEqual(doc.state, "Told")
			self.assertIn("Scanner team answered on", doc.message_back)
			self.assertIn("Firmware 4", doc.message_back)
		self.assertEqual(frappe.db.get_value("CX Voice", three, "state"), "Done")
		with self.assertRaisesRegex(frappe.ValidationError, "not open any more"):
			questions.answer(question.name, "Again")

	def test_a_question_needs_a_day_ahead_and_cannot_be_deleted_while_people_wait(self):
		point, _voice = self.point()
		with self.assertRaisesRegex(frappe.ValidationError, "in the past"):
			triage.decide(
				point,
				"Waiting",
				"Delay",
				"Question",
				ask="Why?",
				asked_of="Team",
				due_on=add_days(nowdate(), -1),
			)
		asked = triage.decide(
			point, "Waiting", "Delay", "Question", ask="Why?", asked_of="Team", due_on=nowdate()
		)
		frappe.set_user(self.people.manager)
		with self.assertRaisesRegex(frappe.ValidationError, "Withdraw"):
			frappe.delete_doc("CX Resolver Question", asked["question"])
		with self.assertRaises(frappe.ValidationError):
			questions.withdraw(asked["question"], "")
		self.assertEqual(questions.withdraw(asked["question"], "Asked twice"), "Withdrawn")


class TestSeenIn(VisitCase):
	def test_seen_in_one_of_two_visits_and_not_in_surveys(self):
		frappe.set_user("Administrator")
		kit.driver("Visittest only in surveys")
		kit.held(self.people.second)
		kit.visit(self.people.second)
		for number in (1, 2):
			voice = entries.take(self.visit.name, f"entry-seen-in-01234{number}", "Seen", "A queue.")["voice"]
			point = frappe.db.get_value("CX Visit Voice", {"voice": voice})
			triage.decide(point, "Waiting", "Delay", "Training", reason="x")
		held, rows = triage.seen_in_visits(add_days(nowdate(), -30), nowdate(), [kit.UNIT])
		self.assertEqual(held, 2, "the planned one does not count")
		row = next(row for row in rows if row["driver"] == "Waiting")
		self.assertEqual((row["visits"], row["of"], row["surveys"]), (1, 2, 0))
		self.assertIn("not in surveys", row["gap"])

	def test_every_answer_that_names_it_counts_not_only_the_low_ones(self):
		frappe.set_user("Administrator")
		other = kit.driver("Visittest only in surveys")
		kit.driver("Visittest ticked too")
		for number, privacy in enumerate(("Named", "Named", "Confidential")):
			answer = frappe.new_doc("CX Survey Response")
			answer.update({"kind": "Person", "privacy": privacy, "driver": other, "unit": kit.UNIT})
			answer.update({"event_day": nowdate(), "low": 0, "score": 5, "name": f"visittest-{number}"})
			for value in (other, "Visittest ticked too"):
				answer.append("answers", {"question_type": "Driver", "value": value, "question_key": "why"})
			answer.flags.ignore_mandatory = answer.flags.ignore_links = True
			answer.flags.ignore_validate = True
			answer.insert()
		frappe.set_user(self.people.manager)
		_held, rows = triage.seen_in_visits(add_days(nowdate(), -30), nowdate(), [kit.UNIT])
		found = {row["driver"]: row for row in rows}
		self.assertEqual(found[other]["surveys"], 2, "confidential ones leave in no report")
		self.assertEqual(found["Visittest ticked too"]["surveys"], 2)
		self.assertIn("not seen in visits", found[other]["gap"])
