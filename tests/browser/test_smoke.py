"""The shortest way through: sign in, open a ticket, open the CX dialog."""


def test_agent_sees_person_and_unit_in_the_ticket(agent, ticket):
	agent.open(ticket)
	agent.shot("ticket")
	dialog = agent.open_dialog()
	text = dialog.text()
	agent.shot("ticket-dialog")
	assert "browser.person@business.example" in text.lower()
	assert "Unassigned" in text
	assert not agent.errors


def test_a_guest_sees_nothing_of_the_dialog(window, ticket):
	guest = window()
	guest.go(f"/cx/ticket?name={ticket}")
	text = guest.page.locator("body").inner_text()
	assert "browser.person" not in text
	guest.shot("dialog-as-guest")
