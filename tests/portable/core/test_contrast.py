"""Contrast of text: the published ends of the scale and a known border case."""

import pytest

from cx_desk.core.contrast import READABLE, contrast


def test_ends_of_the_scale():
	assert contrast("#000000", "#ffffff") == pytest.approx(21)
	assert contrast("#1f5f8b", "#1f5f8b") == 1


def test_known_border_case():
	"""#767676 is the lightest grey that is readable on white, #777777 is not."""
	assert contrast("#767676", "#fff") >= READABLE > contrast("#777777", "#fff")


def test_our_default_is_readable():
	assert contrast("#1f5f8b", "#ffffff") > READABLE


def test_no_colour_is_refused():
	with pytest.raises(ValueError, match="#rrggbb"):
		contrast("red", "#ffffff")
