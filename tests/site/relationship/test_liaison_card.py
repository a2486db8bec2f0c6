"""The liaison's card for mails and pages."""

from pathlib import Path

import survey_kit
import unit_kit as kit
from PIL import Image
from relationship_kit import RollbackCase, liaison_of

import frappe

from cx_desk.host import templates
from cx_desk.surveys import answering
from cx_desk.units import guest_page, liaison_card


class TestLiaisonCard(RollbackCase):
	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		frappe.set_user("Administrator")
		kit.make_tree()
		cls.liaison = liaison_of(kit.RETAIL, "card.liaison@desk.example")

	def test_name_picture_and_how_to_reach_them(self):
		frappe.db.set_value("User", self.liaison, {"phone": "+49 30 1", "user_image": "/files/lena.png"})
		card = liaison_card.card_of(kit.RETAIL)
		self.assertEqual((card.email, card.phone), (self.liaison, "+49 30 1"))
		self.assertTrue(card.image.endswith("/files/lena.png"))
		self.assertIn("mailto:card.liaison@desk.example", liaison_card.html_of(kit.RETAIL))
		self.assertIn("card.liaison@desk.example, +49 30 1", liaison_card.text_of(kit.RETAIL))

	def test_a_private_picture_is_not_linked(self):
		frappe.db.set_value("User", self.liaison, "user_image", "/private/files/lena.png")
		self.assertEqual(liaison_card.card_of(kit.RETAIL).image, "")
		self.assertNotIn("<img", liaison_card.html_of(kit.RETAIL))

	def test_the_deputy_stands_in_and_nobody_is_no_card(self):
		deputy = kit.make_user("card.deputy@desk.example", "CX Liaison")
		kit.assign(kit.RETAIL, deputy, role="Deputy")
		frappe.db.set_value("User", self.liaison, "enabled", 0)
		self.assertEqual(liaison_card.card_of(kit.RETAIL).email, deputy)
		frappe.db.delete("CX Liaison Assignment", {"unit": ["in", [kit.RETAIL, kit.SOUTH]]})
		self.assertIsNone(liaison_card.card_of(kit.RETAIL))
		self.assertEqual(liaison_card.html_of(kit.RETAIL), "")
		self.assertIsNone(liaison_card.card_of(None))

	def test_a_name_is_text_and_never_markup(self):
		frappe.db.set_value("User", self.liaison, "full_name", "<b>Lena</b>")
		self.assertNotIn("<b>", liaison_card.html_of(kit.RETAIL))


class TestCardInSurveys(RollbackCase):
	"""Mail and page of a survey show who covers the unit."""

	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		frappe.set_user("Administrator")
		kit.make_tree()
		survey_kit.switch_on()
		cls.liaison = liaison_of(kit.RETAIL, "card.liaison@desk.example")

	def asked(self, unit, person):
		doc = survey_kit.ticket(survey_kit.person(person), cx_business_unit=unit)
		survey_kit.resolve(doc)
		survey_kit.run_decisions()
		found = survey_kit.row(doc)
		self.assertEqual((found.status, found.reason, found.unit), ("Queued", None, unit))
		return found

	def picture(self, name="cx_card_face.png"):
		path = Path(frappe.get_site_path("public", "files", name))
		Image.new("RGB", (300, 200), "#336699").save(path)
		self.addCleanup(path.unlink)
		return f"/files/{name}"

	def test_the_mail_has_the_card_of_the_unit_of_each_ticket(self):
		frappe.db.set_value(
			"User",
			self.liaison,
			{"full_name": "Lena & <b>Co</b>", "user_image": "/files/l & n.png", "phone": "+49 30 1"},
		)
		mail = survey_kit.mail_of(self.asked(kit.RETAIL, "cardann"))
		html, text = (mail.get_body((form,)).get_content() for form in ("html", "plain"))
		self.assertIn("mailto:card.liaison@desk.example", html)
		self.assertIn("Lena &amp; &lt;b&gt;Co&lt;/b&gt;", html)
		self.assertIn(frappe.utils.get_url("/files/l &amp; n.png"), html)
		self.assertIn("Lena & <b>Co</b>, card.liaison@desk.example, +49 30 1", text)
		self.assertNotIn("cxv0", html + text)
		other = survey_kit.mail_of(self.asked(kit.CLAIMS, "cardbob"))
		html = other.get_body(("html",)).get_content()
		self.assertNotIn("Your contact at the service desk", html)
		self.assertNotIn("cxv0", html)

	def test_the_page_carries_a_small_picture_and_asks_for_nothing_else(self):
		frappe.db.set_value("User", self.liaison, "user_image", self.picture())
		page = answering.open_page(survey_kit.token_of(self.asked(kit.RETAIL, "cardann")))
		html = liaison_card.page_html_of(page.unit)
		self.assertIn('src="data:image/jpeg;base64,', html)
		self.assertLess(len(html), 8000)

	def test_a_picture_that_is_none_leaves_the_initials(self):
		for image in (
			"/files/../../site_config.json",
			"/files/no such.png",
			"https://elsewhere.example/a.png",
		):
			frappe.db.set_value("User", self.liaison, "user_image", image)
			self.assertNotIn("<img", liaison_card.page_html_of(kit.RETAIL), image)
		self.assertNotIn("<img", liaison_card.html_of(kit.RETAIL), "nobody elsewhere learns who reads")

	def test_a_link_that_leads_nowhere_shows_no_card(self):
		self.assertEqual(answering.open_page("x" * 32).unit, "")


class TestCardOnPages(RollbackCase):
	"""The pages of a message back and of a visit's host name whom to reach; a link that leads nowhere names nobody."""

	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		frappe.set_user("Administrator")
		kit.make_tree()
		cls.liaison = liaison_of(kit.RETAIL, "card.liaison@desk.example")

	def page(self, template: str, **context) -> str:
		return templates.render(
			f"cx_desk/www/cx/{template}.html",
			{**guest_page.frame(), "doubt": False, "sentence": "", "stamp": "", "csrf_token": "", **context},
		)

	def test_the_page_of_a_message_back(self):
		from cx_desk.units import settling, voices

		name = voices.hear("Said", "It is slow", unit=kit.RETAIL, source_email="r@card.example")
		page = settling._page(frappe.get_doc("CX Voice", name), None)
		self.assertEqual(page.unit, kit.RETAIL)
		html = self.page("settle", page=page, card=liaison_card.page_html_of(page.unit))
		self.assertIn("card.liaison@desk.example", html)
		nowhere = settling.look("x" * 40)
		self.assertEqual(liaison_card.page_html_of(nowhere.unit), "")

	def test_an_initiative_without_a_lead_names_the_liaison_and_one_with_a_lead_does_not(self):
		from cx_desk.initiatives.page import Page
		from cx_desk.www.cx import initiative

		doc = frappe.get_doc({"doctype": "CX Initiative", "title": "Card", "unit": kit.RETAIL}).insert()
		who = frappe._dict(initiative=doc.name)
		self.assertIn("card.liaison", initiative._card(Page("draft", who)))
		self.assertIn("card.liaison", initiative._card(Page("stands", who, frappe._dict(lead=None))))
		self.assertEqual(initiative._card(Page("stands", who, frappe._dict(lead=frappe._dict(name="L")))), "")
		self.assertEqual(initiative._card(Page("unknown")), "")


class TestContactPage(RollbackCase):
	"""Whom a signed-in person of the business reaches."""

	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		frappe.set_user("Administrator")
		kit.make_tree()
		cls.liaison = liaison_of(kit.RETAIL, "card.liaison@desk.example")
		cls.address = survey_kit.person("cardportal")
		kit.make_user(cls.address, user_type="Website User")

	def test_the_unit_of_ones_own_ticket_and_of_nobody_elses(self):
		from cx_desk.www.cx import contact

		own = survey_kit.ticket(self.address, cx_business_unit=kit.RETAIL)
		other = survey_kit.ticket(survey_kit.person("cardann"), cx_business_unit=kit.RETAIL)
		frappe.set_user(self.address)
		self.assertEqual(contact._unit_of(self.address, str(own.name)), kit.RETAIL)
		self.assertIsNone(contact._unit_of(self.address, str(other.name)))
		self.assertIsNone(contact._unit_of(self.address, "no such ticket"))

	def test_the_persons_own_unit(self):
		from cx_desk.www.cx import contact

		kit.map_to("Person", self.address, kit.RETAIL)
		self.assertEqual(contact._unit_of(self.address, ""), kit.RETAIL)

	def test_the_page_with_a_card_without_one_and_as_a_buttons_label(self):
		def page(**context):
			return templates.render(
				"cx_desk/www/cx/contact.html",
				{
					**guest_page.frame(with_token=False),
					"label": "Your contact",
					"card": "",
					"look": False,
					**context,
				},
			)

		card = liaison_card.page_html_of(kit.RETAIL)
		self.assertIn("card.liaison@desk.example", page(card=card))
		self.assertIn("Nobody is named", page())
		self.assertEqual(page(card=card, look=True).strip(), "Your contact")
		self.assertEqual(page(look=True).strip(), "")
