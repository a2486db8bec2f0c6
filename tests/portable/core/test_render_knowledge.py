"""The knowledge matrix as a picture: names in the order given, levels as text, nothing by person added up."""

import re
import xml.etree.ElementTree as ET

import pytest

from cx_desk.core.render.knowledge import Cell, matrix


def picture(**more):
	values = {
		"units": ["Finance", "<Depot>"],
		"people": ["Ali", "Eva"],
		"cells": {(0, 1): Cell(3, 60.0, "Eva handles their tickets"), (1, 0): Cell(1, 14.9, "Ali & co")},
		"label": "Who knows whom",
		**more,
	}
	return matrix(**values)


def parsed():
	return ET.fromstring(picture())  # noqa: S314 (our own picture)


def test_it_is_well_formed_and_says_what_it_is():
	root = parsed()
	assert root.get("role") == "img"
	assert root.get("aria-label") == "Who knows whom"


def test_names_are_text_and_stand_as_given():
	texts = [node.text for node in parsed().iter() if node.get("class") in ("person", "unit")]
	assert texts == ["Ali", "Eva", "Finance", "<Depot>"]


def test_a_cell_says_its_level_and_by_ring_and_ground_how_fresh_it_is():
	cells = re.findall(r'class="cell (g\d(?: well)?)" data-row="(\d)" data-person="(\d)"', picture())
	assert cells == [("g3 well", "0", "1"), ("g0", "1", "0")]
	assert picture().count('class="none"') == 2


@pytest.mark.parametrize(
	("freshness", "ground"), [(0, 0), (14.9, 0), (15, 1), (29.9, 1), (30, 2), (59.9, 2), (60, 3), (100, 3)]
)
def test_grounds(freshness, ground):
	assert Cell(2, freshness, "").ground == ground


@pytest.mark.parametrize("empty", [{"units": []}, {"people": []}])
def test_nothing_to_draw_is_refused(empty):
	with pytest.raises(ValueError, match="at least one"):
		picture(**empty)
