"""The pathway: which roles use what one knows of the business, and one next step where none does yet."""

from datetime import date

import pytest

from cx_desk.core import knowledge, pathway
from cx_desk.core.knowledge import Evidence

DAY = date(2026, 11, 22)


def steps(**units):
	found = pathway.pathway({unit: [Evidence(kind, DAY) for kind in kinds] for unit, kinds in units.items()})
	return {step.destination.name: step for step in found}


def test_who_knows_nothing_yet_sees_every_role_with_a_step():
	found = steps()
	assert len(found) == 10
	assert not any(step.open or step.units for step in found.values())
	assert all(step.destination.step and step.destination.uses for step in found.values())


def test_a_role_names_the_units_that_it_would_use():
	found = steps(Finance=[knowledge.TICKETS], Depot=[knowledge.VISIT], Zoo=[knowledge.CONFIRMED])
	assert found["Liaison"].units == ("Finance", "Zoo")
	assert found["Business analyst"].units == ("Depot", "Zoo")
	assert found["Product or service owner"].units == ("Zoo",)
	assert not found["Trainer"].units[1:]


def test_two_units_are_more_than_one():
	assert not steps(Depot=[knowledge.VISIT])["Business analyst"].open
	assert steps(Depot=[knowledge.VISIT], Gate=[knowledge.VISIT])["Business analyst"].open


@pytest.mark.parametrize("kind", sorted(knowledge.LEVEL_OF))
def test_every_kind_of_evidence_opens_some_role(kind):
	assert any(step.open for step in steps(A=[kind], B=[kind]).values())
