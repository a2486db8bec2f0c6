"""My business, two lights, signals, wants and the review pack on a site."""

import re
from datetime import datetime, timedelta

import unit_kit as kit
import voice_kit
from relationship_kit import RollbackCase, liaison_of

import frappe
from frappe.utils import add_days, getdate, now_datetime, nowdate
from frappe.utils.pdf import get_pdf

from cx_desk.api import relationship as api
from cx_desk.core import signal_rules as rules
from cx_desk.core import wants as core_wants
from cx_desk.relationship import calls, lights, my_business, page_context, review_pack, signals, wants
from cx_desk.units import scores


class RelationshipCase(RollbackCase):
	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		frappe.set_user("Administrator")
		kit.make_tree()
		cls.liaison = liaison_of(kit.RETAIL, "view.liaison@desk.example")
		cls.manager = kit.make_user("view.manager@desk.example", "CX Manager")
		frappe.db.set_value("CX Business Unit", kit.RETAIL, "creation", add_days(nowdate(), -300))

	def tickets(self, unit, days, status="Fulfilled", priority=None):
		"""One ticket on each of the days (so many days ago), written past the host's save."""
		ticket = "HD Ticket"
		first = 700_000_000 + frappe.db.count(ticket)
		priority = (
			priority or frappe.get_all("HD Ticket Priority", order_by="integer_value desc", pluck="name")[0]
		)
		columns = ["name", "subject", "raised_by", "status_category", "priority", "opening_date", "creation"]
		columns += ["modified", "cx_business_unit", "agreement_status", "resolution_date", "is_merged"]
		rows = []
		for number, back in enumerate(days):
			day = getdate(add_days(nowdate(), -back))
			at = datetime.combine(day, datetime.min.time()) + timedelta(hours=9)
			rows.append(
				(
					first + number,
					"kit",
					"x@kit.example",
					"Resolved",
					priority,
					day,
					at,
					at,
					unit,
					status,
					at,
					0,
				)
			)
		frappe.db.bulk_insert(ticket, columns, rows)

	def hear(self, kind, statement, back=0, unit=kit.RETAIL):
		from cx_desk.units import voices

		name = voices.hear(kind, statement, unit=unit, source_email="rita@view.example")
		if back:
			frappe.db.set_value("CX Voice", name, "creation", add_days(now_datetime(), -back))
		return name


class TestMyBusiness(RelationshipCase):
	def sections(self, user, everything=False):
		frappe.set_user(user)
		return {section["key"]: section for section in my_business.page(user, everything)["sections"]}

	def test_whom_to_call_and_why(self):
		promise = api.log_conversation(
			kit.RETAIL,
			"Rita",
			"Tills are slow",
			promise="We measure the tills",
			held_on=str(now_datetime() - timedelta(days=50)),
		)["promise"]
		self.assertTrue(promise)
		contacts = self.sections(self.liaison)["contacts"]
		entry = next(entry for entry in contacts["entries"] if entry["title"] == kit.RETAIL)
		text = " ".join(entry["lines"])
		self.assertIn("50 days ago", text)
		self.assertIn("Rita said: Tills are slow", text)
		self.assertIn("We measure the tills", text)
		self.assertEqual(entry["badge"]["text"], "Overdue")

	def test_how_to_get_hold_of_whom_one_should_call(self):
		contact = voice_kit.contact("Sam Sponsor", "sam@view.example")
		frappe.db.set_value("Contact", contact, "mobile_no", "+49 30 555 0101")
		unit = frappe.get_doc("CX Business Unit", kit.RETAIL)
		unit.set("people", [{"contact": contact, "role": "Sponsor"}])
		unit.save()
		entry = self.call(kit.RETAIL)
		self.assertEqual(entry["lines"][0], "Sam Sponsor, Sponsor")
		self.assertEqual(
			entry["reach"],
			[
				{"text": "+49 30 555 0101", "href": "tel:+49305550101"},
				{"text": "sam@view.example", "href": "mailto:sam@view.example"},
			],
		)
		self.assertEqual(api.whom_one_speaks_with(kit.RETAIL)[0]["who"], "Sam Sponsor")
		self.assertEqual(api.whom_one_speaks_with(kit.CLAIMS), [])
		unit.set("people", [])
		frappe.set_user("Administrator")
		unit.save()
		self.assertIn("Nobody is named yet", self.call(kit.RETAIL)["lines"][0])

	def call(self, unit):
		entries = self.sections(self.liaison)["contacts"]["entries"]
		return next(entry for entry in entries if entry["title"] == unit)

	def test_the_monday_mail_of_a_liaison_says_whom_to_call(self):
		section = calls.monday_section(self.liaison, now_datetime())
		(line,) = section["lines"]
		self.assertEqual((section["title"], section["total"]), ("Whom to call", 1))
		self.assertTrue(line["text"].startswith(f"{kit.RETAIL}: "), line)
		self.assertIsNone(
			calls.monday_section(self.manager, now_datetime()), "a manager without units of their own"
		)
		api.log_conversation(kit.RETAIL, "Rita", "Fine")
		self.assertIsNone(calls.monday_section(self.liaison, now_datetime()))

	def test_every_call_that_is_counted_can_be_reached_on_the_page(self):
		for number in range(page_context.MOST_ENTRIES + 3):
			kit.make_unit(f"View branch {number:02}", kit.RETAIL, tier="Pooled")
		contacts = self.sections(self.liaison)["contacts"]
		self.assertEqual(len(contacts["entries"]), contacts["count"])
		self.assertLess(contacts["first"], contacts["count"])

	def test_a_promise_that_is_late_says_so(self):
		api.log_conversation(
			kit.RETAIL,
			"Rita",
			"Slow",
			promise="We measure",
			promise_due=add_days(nowdate(), -2),
			held_on=str(now_datetime() - timedelta(days=50)),
		)
		self.assertIn("(was due ", " ".join(self.call(kit.RETAIL)["lines"]))

	def test_why_a_light_is_poor_stands_before_what_is_merely_not_known(self):
		def light(light, text):
			return [{"light": light, "text": text}]

		def why(felt, done):
			return my_business._why(
				{"felt": felt[0]["light"], "felt_inputs": felt, "done": done[0]["light"], "done_inputs": done}
			)

		unknown, poor, mixed = (
			light("Unknown", "Nobody answered."),
			light("Poor", "Overdue."),
			light("Mixed", "Unclear."),
		)
		self.assertEqual(why(unknown, poor), ["Overdue."])
		self.assertEqual(why(mixed, poor), ["Unclear.", "Overdue."])
		self.assertEqual(
			why(poor + light("Poor", "Contested."), light("Good", "Fine.")), ["Overdue.", "Contested."]
		)
		self.assertEqual(why(light("Good", "Fine."), unknown), ["Nobody answered."])

	def test_logging_takes_the_unit_off_the_list(self):
		self.assertIn(kit.RETAIL, [e["title"] for e in self.sections(self.liaison)["contacts"]["entries"]])
		api.log_conversation(kit.RETAIL, "Rita", "Fine")
		self.assertNotIn(kit.RETAIL, [e["title"] for e in self.sections(self.liaison)["contacts"]["entries"]])

	def test_own_units_only_and_a_manager_sees_all(self):
		frappe.set_user(self.liaison)
		self.assertEqual(my_business.page(self.liaison)["units"], [kit.RETAIL])
		frappe.set_user(self.manager)
		self.assertIn(kit.CLAIMS, my_business.page(self.manager)["units"])

	def test_a_manager_sees_who_covers_a_unit_and_who_does_not(self):
		frappe.db.delete("CX Liaison Assignment", {"unit": kit.TREASURY})
		frappe.db.delete("CX Liaison Assignment", {"unit": kit.SOUTH})
		frappe.set_user(self.manager)
		covers = page_context.covered_by(page_context.context_for(self.manager))
		self.assertEqual(covers[kit.TREASURY], "Nobody covers this unit.")
		self.assertIn("Liaison:", covers[kit.RETAIL])

	def test_who_is_no_liaison_is_refused(self):
		frappe.set_user(kit.make_user("view.agent@desk.example", "Agent"))
		with self.assertRaises(frappe.PermissionError):
			api.my_business()

	def test_other_areas_register_sections(self):
		from unittest.mock import patch

		hooks = frappe.get_hooks

		def with_one_more(hook=None, *args, **kwargs):
			found = hooks(hook, *args, **kwargs)
			return [*found, f"{__name__}.visits_section"] if hook == "cx_my_business_sections" else found

		attributes = frappe.get_attr
		frappe.set_user(self.liaison)
		with (
			patch("frappe.get_hooks", with_one_more),
			patch(
				"frappe.get_attr", lambda p: visits_section if p.endswith("visits_section") else attributes(p)
			),
		):
			page = my_business.page(self.liaison)
		self.assertEqual(page["sections"][-1]["units"], (kit.RETAIL,))

	def test_a_section_that_fails_does_not_take_the_page_along(self):
		from unittest.mock import patch

		frappe.set_user(self.liaison)
		with patch("cx_desk.relationship.my_business.voices_section", side_effect=RuntimeError("broken")):
			sections = my_business.page(self.liaison)["sections"]
		keys = [section["key"] for section in sections]
		self.assertIn("failed", keys)
		self.assertIn("contacts", keys)


def visits_section(context):
	return {"key": "visits", "title": "Visits", "count": 0, "entries": [], "units": context.units}


class TestTwoLights(RelationshipCase):
	def test_unknown_is_unknown(self):
		pair = lights.of_units([kit.CLAIMS])[kit.CLAIMS]
		self.assertEqual(pair.felt.light, "Unknown")

	def test_the_survey_about_tickets_speaks_for_the_unit(self):
		def row(survey, asks_about, answers, main=True):
			return frappe._dict(survey=survey, asks_about=asks_about, answers=answers, main=main)

		tickets, newcomers = row("Ticket feedback", "Ticket", 7), row("First day", "Relationship", 90)
		effort = row("Ticket feedback", "Ticket", 7, main=False)
		self.assertIs(scores.speaking_for([newcomers, effort, tickets]), tickets)
		self.assertIs(scores.speaking_for([newcomers, row("Pulse", "Relationship", 3), effort]), newcomers)
		self.assertIsNone(scores.speaking_for([]))

	def test_a_call_moves_what_we_did_and_not_what_they_feel(self):
		for number in range(3):
			self.hear("Low answer", f"Bad {number}")
		self.tickets(kit.RETAIL, range(1, 11))
		before = lights.of_units([kit.RETAIL])[kit.RETAIL]
		self.assertEqual((before.felt.light, before.done.light), ("Poor", "Poor"))
		api.log_conversation(kit.RETAIL, "Rita", "Fine")
		after = lights.of_units([kit.RETAIL])[kit.RETAIL]
		self.assertEqual((after.felt.light, after.done.light), ("Poor", "Good"))

	def test_the_week_is_written_once_with_inputs_and_age(self):
		self.tickets(kit.RETAIL, range(3, 13))
		lights.write_week()
		lights.write_week()
		self.assertEqual(frappe.db.count("CX Unit Week", {"unit": kit.RETAIL}), 1)
		frappe.set_user(self.liaison)
		shown = api.two_lights(kit.RETAIL)
		level = next(entry for entry in shown["done_inputs"] if entry["key"] == "sla")
		self.assertEqual((level["light"], level["age"]), ("Good", 3))
		self.assertIn("10 of 10 tickets", level["text"])
		self.assertEqual(shown["felt_trend"], "Unknown")

	def test_trend_against_four_weeks_ago(self):
		self.tickets(kit.RETAIL, range(1, 11))
		api.log_conversation(kit.RETAIL, "Rita", "Fine")
		week = lights.week_of(getdate(nowdate())) - timedelta(weeks=4)
		frappe.get_doc(
			{"doctype": "CX Unit Week", "unit": kit.RETAIL, "week": week, "felt": "Poor", "done": "Poor"}
		).insert()
		lights.write_week()
		row = frappe.get_doc("CX Unit Week", {"unit": kit.RETAIL, "week": lights.week_of(getdate(nowdate()))})
		self.assertEqual((row.done, row.done_trend), ("Good", "Better"))

	def test_automatic_closures_count_as_unknown(self):
		self.tickets(kit.RETAIL, range(1, 11), status="Paused")
		done = lights.of_units([kit.RETAIL])[kit.RETAIL].done
		self.assertEqual(next(e for e in done.inputs if e.key == "sla").light, "Unknown")

	def test_another_units_weeks_are_closed(self):
		lights.write_week()
		frappe.set_user(self.liaison)
		self.assertEqual(api.two_lights(kit.CLAIMS), {})
		self.assertEqual(set(frappe.get_list("CX Unit Week", pluck="unit")), {kit.RETAIL})


class TestSignals(RelationshipCase):
	def cluster(self):
		self.tickets(kit.RETAIL, range(1, 260))
		end = signals.Series(getdate(nowdate())).end
		back = (getdate(nowdate()) - end).days
		for number in range(6):
			self.hear("Low answer", f"Bad {number}", back=back + number)

	def test_one_active_per_unit_and_kind_and_repeats_are_counted(self):
		self.cluster()
		first = signals.look()
		self.assertGreaterEqual(first["raised"], 1)
		key = {"unit": kit.RETAIL, "kind": rules.COMPLAINTS}
		self.assertEqual(frappe.db.count("CX Signal", key), 1)
		signals.look(on=add_days(nowdate(), 1))
		doc = frappe.get_doc("CX Signal", key)
		self.assertEqual((doc.state, doc.occurrences), ("New", 2))
		self.assertIn("6 complaints", doc.sentence)
		self.assertIn("Chance alone", doc.sure)
		copy = frappe.copy_doc(doc)
		copy.update({"active_key": doc.active_key, "state": "New"})
		with self.assertRaises((frappe.UniqueValidationError, frappe.DuplicateEntryError)):
			copy.insert()

	def test_closed_while_it_stands_is_not_raised_again_until_it_went_away(self):
		self.cluster()
		signals.look()
		key = {"unit": kit.RETAIL, "kind": rules.COMPLAINTS}
		doc = frappe.get_doc("CX Signal", key)
		frappe.set_user(self.liaison)
		with self.assertRaisesRegex(frappe.ValidationError, "what became of it"):
			api.move_signal(doc.name, "Closed")
		api.move_signal(doc.name, "Closed", "Spoke with Rita; the release was rolled back.")
		frappe.set_user("Administrator")
		signals.look(on=add_days(nowdate(), 1))
		self.assertEqual(frappe.db.count("CX Signal", key), 1)
		voices = frappe.get_all("CX Voice", {"unit": kit.RETAIL, "kind": "Low answer"}, pluck="name")
		self.assertEqual(len(voices), 6)
		quiet = rules.Finding(rules.COMPLAINTS, False)
		signals.record(kit.RETAIL, quiet, getdate(nowdate()), doc.name)
		loud = rules.Finding(rules.COMPLAINTS, True, "again", chance=0.0001)
		self.assertEqual(signals.record(kit.RETAIL, loud, getdate(nowdate()), None), "raised")
		self.assertEqual(frappe.db.count("CX Signal", key), 2)

	def test_what_nobody_took_up_closes_itself_when_it_goes_away(self):
		loud = rules.Finding(rules.SILENCE, True, "quiet", chance=0.0001)
		signals.record(kit.RETAIL, loud, getdate(nowdate()), None)
		doc = frappe.get_doc("CX Signal", {"unit": kit.RETAIL, "kind": rules.SILENCE})
		signals.record(kit.RETAIL, rules.Finding(rules.SILENCE, False), getdate(nowdate()), doc.name)
		doc.reload()
		self.assertEqual((doc.state, doc.active_key, doc.stands), ("Closed", None, 0))
		self.assertIn("went away by itself", doc.end_note)

	def test_silence_and_a_hold_that_explains_it(self):
		self.tickets(kit.RETAIL, [*range(20, 290), *range(20, 290)])
		found = signals.findings_of([kit.RETAIL], getdate(nowdate()))[kit.RETAIL]
		silence = next(finding for finding in found if finding.kind == rules.SILENCE)
		self.assertTrue(silence.stands, silence)
		voice_kit.settings(
			holds=[
				{
					"from_date": add_days(nowdate(), -20),
					"to_date": nowdate(),
					"reason": "Works holidays",
					"unit": kit.RETAIL,
				}
			]
		)
		found = signals.findings_of([kit.RETAIL], getdate(nowdate()))[kit.RETAIL]
		self.assertNotIn(rules.SILENCE, [finding.kind for finding in found])
		voice_kit.settings(holds=[])

	def test_a_sponsor_whose_contact_is_deleted_has_left(self):
		contact = voice_kit.contact("Sam Sponsor", "sam@view.example")
		unit = frappe.get_doc("CX Business Unit", kit.RETAIL)
		unit.append("people", {"contact": contact, "role": "Sponsor"})
		unit.save()
		self.assertEqual(signals._Facts([kit.RETAIL], getdate(nowdate())).sponsors_gone(kit.RETAIL), [])
		frappe.delete_doc("Contact", contact, force=True)
		gone = signals._Facts([kit.RETAIL], getdate(nowdate())).sponsors_gone(kit.RETAIL)
		self.assertEqual(gone, [rules.Gone("Sam Sponsor", rules.CONTACT_DELETED)])

	def test_a_signal_is_read_in_the_readers_language_and_formats(self):
		day = getdate("2026-09-11")
		missed = rules.review_missed([day], None, None, getdate(nowdate()))
		cluster = rules.complaint_cluster([1, 0, 0, 1] * 7 + [4, 5])
		for finding in (missed, cluster):
			signals.record(kit.RETAIL, finding, getdate(nowdate()), None)
		shown = {}
		# Where the host keeps the format of the person it works for; None makes it look again.
		frappe.local.user_date_format = "dd.mm.yyyy"
		self.addCleanup(setattr, frappe.local, "user_date_format", None)
		for lang in ("en", "de"):
			frappe.local.lang = lang
			self.addCleanup(setattr, frappe.local, "lang", "en")
			for kind in (rules.REVIEW, rules.COMPLAINTS):
				doc = frappe.get_doc("CX Signal", {"unit": kit.RETAIL, "kind": kind})
				doc.run_method("onload")
				shown[lang, kind] = doc
		written = "11.09.2026"
		self.assertNotIn("2026-09-11", shown["en", rules.REVIEW].sentence)
		self.assertIn(written, shown["en", rules.REVIEW].sentence)
		self.assertIn(f"vom {written} fand nicht statt", shown["de", rules.REVIEW].sentence)
		self.assertEqual(shown["de", rules.COMPLAINTS].seen, "9 in 2 Wochen")
		self.assertIn("üblich wären 1,0", shown["de", rules.COMPLAINTS].sentence)
		self.assertIn("1.0 would be usual", shown["en", rules.COMPLAINTS].sentence)
		self.assertEqual(shown["de", rules.REVIEW].title, f"{kit.RETAIL}: Servicegespräch versäumt")

	def test_not_written_by_hand(self):
		signals.record(
			kit.RETAIL, rules.Finding(rules.PRAISE, True, "nice", chance=0.1), getdate(nowdate()), None
		)
		doc = frappe.get_doc("CX Signal", {"unit": kit.RETAIL, "kind": rules.PRAISE})
		doc.state, doc.sentence = "Closed", "I say so"
		doc.save()
		doc.reload()
		self.assertEqual((doc.state, doc.sentence), ("New", "nice"))

	def test_the_list_says_how_often_it_cries_wolf(self):
		frappe.set_user(self.liaison)
		frappe.cache.delete_value(signals.EXPECTATION_CACHE)
		self.assertIn("false alarm", api.expected_false_alarms())

	def test_looked_at_once_a_week(self):
		frappe.db.delete("CX Unit Week")
		lights.write_week()
		self.assertTrue(signals.look_once_a_week())
		self.assertFalse(signals.look_once_a_week())
		lights.write_week()
		self.assertFalse(signals.look_is_due(), "the lights of the next night keep it")
		week = frappe.get_all("CX Unit Week", fields=["name", "week"], limit=1)[0]
		self.assertEqual(week.week.weekday(), 0)
		frappe.db.set_value("CX Unit Week", {"week": week.week}, "week", week.week - timedelta(weeks=1))
		self.assertTrue(signals.look_is_due())


class TestWants(RelationshipCase):
	def unit(self, *rows):
		doc = frappe.get_doc("CX Business Unit", kit.RETAIL)
		doc.set("wants", [])
		for row in rows:
			doc.append("wants", row)
		return doc

	def test_a_sixth_and_a_nameless_one_are_refused(self):
		rows = [{"words": f"Want {n}", "said_by_name": "Rita"} for n in range(6)]
		with self.assertRaisesRegex(frappe.ValidationError, "at most five"):
			self.unit(*rows).save()
		with self.assertRaisesRegex(frappe.ValidationError, "whose words"):
			self.unit({"words": "Faster tills"}).save()
		self.unit(*rows[:5]).save()

	def test_the_mark_is_set_where_the_two_disagree(self):
		self.tickets(kit.RETAIL, range(1, 21))
		doc = self.unit(
			{
				"words": "Do not close too early",
				"said_by_name": "Rita",
				"how_we_do": "1",
				"figure": core_wants.SLA,
			},
			{
				"words": "Own",
				"said_by_name": "Rita",
				"how_we_do": "5",
				"figure": core_wants.OWN,
				"our_value": 3,
				"our_target": 4,
			},
			{"words": "Unknown", "said_by_name": "Rita", "how_we_do": "1"},
		).save()
		wants.refresh([kit.RETAIL])
		doc.reload()
		self.assertEqual(doc.wants[0].our_value, 100)
		self.assertEqual(
			[row.mark for row in doc.wants], [core_wants.WORSE, core_wants.BETTER, core_wants.UNKNOWN]
		)

	def test_a_figure_that_is_not_known_is_not_a_nought(self):
		want = {"words": "Quick", "said_by_name": "Rita", "how_we_do": "5", "figure": core_wants.SLA}
		doc = self.unit(want).save()
		wants.refresh([kit.RETAIL])
		doc.reload()
		doc.save()
		self.assertEqual(doc.wants[0].mark, core_wants.UNKNOWN)

	def test_an_agent_does_not_read_them(self):
		self.unit({"words": "Secret wish", "said_by_name": "Rita"}).save()
		frappe.set_user(kit.make_user("view.agent@desk.example", "Agent"))
		doc = frappe.get_doc("CX Business Unit", kit.RETAIL)
		doc.apply_fieldlevel_read_permissions()
		self.assertFalse(doc.get("wants"))


class TestReviewPack(RelationshipCase):
	def review(self):
		frappe.set_user(self.liaison)
		name = api.plan_review(kit.RETAIL)
		doc = frappe.get_doc("CX Conversation", name)
		doc.promise_next = "A named person for tills"
		doc.their_level, doc.our_level = "2 Order taker", "4 Trusted advisor"
		doc.save()
		return doc

	def test_every_number_of_the_page_is_the_apis(self):
		self.tickets(kit.RETAIL, range(1, 18))
		self.tickets(kit.RETAIL, range(1, 4), status="Failed")
		self.hear("Praise", "Lovely <b>tills</b>")
		doc = self.review()
		pack = api.review_pack(doc.name)
		self.assertEqual((pack.service_level.met, pack.service_level.n), (17, 20))
		html = frappe.get_print("CX Conversation", doc.name, "Service Review Pack", doc=doc, no_letterhead=1)
		for text in (
			kit.RETAIL,
			"17 of 20 tickets",
			f"{pack.service_level.percent} %",
			"A named person for tills",
			"We think 2 steps higher of it than they do",
			*pack.summary,
		):
			self.assertIn(frappe.utils.escape_html(text), html)
		self.assertIn("Lovely", html)
		self.assertNotIn("Lovely <b>", html)

	def test_a_pdf(self):
		doc = self.review()
		html = frappe.get_print("CX Conversation", doc.name, "Service Review Pack", no_letterhead=1)
		# The site's own stylesheet cannot be fetched while no server runs; the pack carries its styles itself.
		pdf = get_pdf(re.sub(r"<link[^>]*>|<img[^>]*>", "", html))
		self.assertTrue(pdf.startswith(b"%PDF"))
		self.assertGreater(len(pdf), 5000)

	def test_confidential_words_are_counted_and_not_quoted(self):
		from cx_desk.units import voices

		voices.hear(
			"Comment", "very secret", unit=kit.RETAIL, source_email="r@view.example", confidential=True
		)
		pack = api.review_pack(self.review().name)
		self.assertEqual((pack.voices.n, pack.voices.quoted, pack.voices.not_quoted), (1, [], 1))

	def test_words_of_a_survey_carry_no_name_and_few_are_not_quoted(self):
		from cx_desk.units import voices

		voices.hear(
			"Low answer", "it is me", unit=kit.RETAIL, source_email="r@view.example", source_name="Rudi"
		)
		voices.hear("Said", "said aloud", unit=kit.RETAIL, source_name="Rita")
		pack = api.review_pack(self.review().name)
		self.assertEqual([(row.statement, row.who) for row in pack.voices.quoted], [("said aloud", "Rita")])
		self.assertEqual(pack.voices.not_quoted, 1)
		many = review_pack._voices([kit.RETAIL], pack.start, pack.end, people=8)
		self.assertEqual({row.statement: row.who for row in many.quoted}["it is me"], "")

	def test_another_units_pack_is_closed(self):
		doc = self.review()
		frappe.set_user(kit.make_user("view.other@desk.example", "CX Liaison"))
		with self.assertRaises(frappe.PermissionError):
			api.review_pack(doc.name)

	def test_only_reviews_have_one(self):
		frappe.set_user(self.liaison)
		made = api.log_conversation(kit.RETAIL, "Rita", "Hello")
		with self.assertRaisesRegex(frappe.ValidationError, "Service review"):
			api.review_pack(made["name"])
