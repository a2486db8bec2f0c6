"""Which answers meet which rules."""

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cx_desk.core import acting

# Without the few letters that fall apart into a letter and a sign, such as Ŀ.
WORDS = st.text(
	st.characters(categories=("Ll", "Lu", "Nd"), max_codepoint=0x24F), min_size=1, max_size=12
).filter(lambda word: unicodedata.normalize("NFKC", word.casefold()).isalnum())
BETWEEN = st.sampled_from([" ", ", ", ". ", "\n", " - ", "! ", "(", '"'])


@pytest.mark.parametrize(
	("word", "text", "found"),
	[
		("payroll", "The payroll run failed.", True),
		("payroll", "PAYROLL!", True),
		("payroll", "payrolls were late", False),
		("payroll*", "Payrolls were late", True),
		("Lohn*", "Die Lohnabrechnung fehlt", True),
		("Lohn*", "Das ist kein Belohnen", False),
		("*abrechnung", "Die Lohnabrechnung fehlt", True),
		("Größe", "die GRÖSSE stimmt nicht", True),
		("groß", "GROSS", True),
		("naïve", "nai\u0308ve", True),
		("wait time", "the wait   time\nis long", True),
		("wait time", "waiting times", False),
		("зарплат*", "Зарплату не выплатили", True),
		("راتب", "لم يصل راتب الشهر", True),
		("工资", "我的工资没有到", True),
		("給与", "給与明細が届かない", True),
		("c++", "I program in C++ daily", True),
		("1", "11", False),
		("€ 5", "it cost € 5 only", True),
	],
)
def test_words_in_any_language(word, text, found):
	assert bool(acting.found_words([word], text)) is found


@given(WORDS, st.lists(WORDS, max_size=8), BETWEEN)
def test_a_whole_word_is_always_found(word, others, between):
	text = between.join([*others, word, *others])
	assert acting.found_words([word], text) == [word]
	# Not for the Turkish dotless i and its like, whose other case is another letter.
	if word.swapcase().casefold() == word.casefold():
		assert acting.found_words([word.swapcase()], text)


@given(WORDS, WORDS)
def test_a_word_inside_another_is_not_found_without_a_star(word, rest):
	text = word + rest
	assume(word.casefold() != text.casefold())
	assert not acting.found_words([word], text)
	assert acting.found_words([f"{word}*"], text)
	assert acting.found_words([f"*{rest}"], text)


@given(st.text(max_size=60), st.text(max_size=300))
def test_any_setting_and_any_text_have_an_answer(setting, text):
	try:
		words = acting.read_words(setting)
	except ValueError:
		return
	found = acting.found_words(words, text)
	assert set(found) <= set(words)
	assert not acting.found_words(words, "")


def test_no_text_makes_a_search_long():
	words = ["*b*", "a*", "*ab"]
	assert acting.found_words(words, "a" * 50_000) == ["a*"]


@pytest.mark.parametrize(
	("setting", "named"),
	[
		("*", r"^\*$"),
		("* *", r"^\* \*$"),
		("!!", "^!!$"),
		("a*a*b", r"^a\*a\*b$"),
		("x" * 101, f"^{'x' * acting.LONGEST_WORD}$"),
		("\n".join(map(str, range(501))), "^501$"),
	],
)
def test_settings_that_would_match_everything_are_refused(setting, named):
	with pytest.raises(ValueError, match=named):
		acting.read_words(setting)


def rule(**values):
	return acting.Rule(**{"name": "r", "cause": acting.SCORE, **values})


def answered(**values):
	return acting.Answered(**{"survey": "s", "unit": "Finance", **values})


def test_causes():
	by_reason = rule(cause=acting.REASON, driver="Slow")
	assert acting.matches(by_reason, answered(drivers=frozenset({"Slow", "Rude"})))
	assert not acting.matches(by_reason, answered(drivers=frozenset({"Rude"}), words="Slow"))
	assert not acting.matches(rule(cause=acting.REASON), answered(drivers=frozenset({""})))
	assert acting.matches(rule(cause=acting.WORD, words=("pay",)), answered(words="my pay"))
	assert not acting.matches(rule(cause=acting.WORD), answered(words="my pay"))
	assert not acting.matches(rule(cause=acting.MISSED_TARGET, at_most=5), answered(score=1))


def test_a_score_narrows_every_cause_and_a_rule_without_one_is_no_score_rule():
	assert not acting.matches(rule(), answered(score=1))
	low = rule(at_most=2)
	assert acting.matches(low, answered(score=2))
	assert not acting.matches(low, answered(score=3))
	assert not acting.matches(low, answered(score=None))
	both = rule(cause=acting.WORD, words=("pay",), at_least=4)
	assert acting.matches(both, answered(score=4, words="pay"))
	assert not acting.matches(both, answered(score=3, words="pay"))


@given(st.integers(0, 10), st.none() | st.integers(0, 10), st.none() | st.integers(0, 10))
def test_a_band_holds_both_its_ends(score, low, high):
	expected = (low is not None or high is not None) and (low is None or score >= low)
	expected = expected and (high is None or score <= high)
	assert acting.matches(rule(at_least=low, at_most=high), answered(score=score)) is expected


@given(st.booleans(), st.booleans())
def test_scope(right_survey, right_unit):
	found = acting.matches(
		rule(
			at_most=5,
			survey="s" if right_survey else "t",
			units=frozenset({"Finance" if right_unit else "HR"}),
		),
		answered(score=1),
	)
	assert found is (right_survey and right_unit)


@given(st.permutations(range(6)))
def test_the_order_is_the_rules_own(order):
	rules = [rule(name=str(number), at_most=5, position=number // 2) for number in order]
	assert [one.name for one in acting.matching(rules, answered(score=1))] == ["0", "1", "2", "3", "4", "5"]
