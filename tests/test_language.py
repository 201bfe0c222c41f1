"""Which language is shown."""

import pytest

from rnn_tf import language
from rnn_tf.errors import InputError


@pytest.mark.parametrize(
    "folder, named, wanted",
    [
        ("anywhere", None, "en"),
        ("zh", None, "zh"),
        ("zh/01_by_hand", None, "zh"),
        ("zh", "en", "en"),
        ("anywhere", "zh", "zh"),
        ("zh", "", "zh"),
    ],
)
def test_the_variable_counts_before_the_folder(folder, named, wanted, monkeypatch, tmp_path):
    (tmp_path / folder).mkdir(parents=True)
    monkeypatch.chdir(tmp_path / folder)
    if named is None:
        monkeypatch.delenv("RNN_TF_LANG", raising=False)
    else:
        monkeypatch.setenv("RNN_TF_LANG", named)
    assert language.current_language() == wanted


def test_another_language_gets_one_clear_line(monkeypatch):
    monkeypatch.setenv("RNN_TF_LANG", "fr")
    with pytest.raises(InputError, match="RNN_TF_LANG: got 'fr'"):
        language.current_language()
