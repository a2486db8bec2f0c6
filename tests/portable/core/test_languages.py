"""Which way a language is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_desk.core.languages import RIGHT_TO_LEFT, direction


@pytest.mark.parametrize("code", ["ar", "he", "fa", "ur", "ps", "ar-EG", "ar_EG", "FA", "iw"])
def test_right_to_left(code):
	assert direction(code) == "rtl"


@pytest.mark.parametrize("code", ["en", "de", "pt-BR", "zh", "art", "", None, "x-ar"])
def test_left_to_right(code):
	assert direction(code) == "ltr"


@given(st.text(max_size=12))
def test_any_code_has_a_direction(code):
	assert direction(code) in ("ltr", "rtl")
	assert all(direction(f"{code}-XX") == "rtl" for code in RIGHT_TO_LEFT)
