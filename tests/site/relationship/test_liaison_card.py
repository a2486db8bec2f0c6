"""The liaison's card for mails and pages."""

import unit_kit as kit
from relationship_kit import RollbackCase, liaison_of

import frappe

from cx_desk.units import liaison_card


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
