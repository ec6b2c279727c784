"""Word forms against gold data: phrases asked for in another form than the text has."""

import pytest

from benchmarks.word_forms import TREEBANKS, measure
from feeds.text.forms import INSTALLED, Analyser


@pytest.mark.corpora
@pytest.mark.parametrize("language", TREEBANKS)
def test_light_word_forms_find_most_and_confuse_little(language, corpora):
    recall, precision = measure(corpora / "morphology" / TREEBANKS[language], language, Analyser(dictionaries=None))
    assert recall >= 0.85  # measured: uk .964, ru .905
    assert precision >= 0.97  # measured: uk .988, ru .985


@pytest.mark.corpora
@pytest.mark.parametrize("language", TREEBANKS)
def test_dictionaries_find_all(language, corpora):
    treebank = corpora / "morphology" / TREEBANKS[language]
    recall, precision = measure(treebank, language, Analyser(dictionaries=INSTALLED))
    assert recall >= 0.99  # measured: uk 1, ru 1
    assert precision >= 0.98  # measured: uk 1, ru .987: the treebank has «знанье» under two lemmas
