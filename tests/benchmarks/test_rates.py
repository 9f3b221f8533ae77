"""The benchmark of rate limits runs, and its figures are plausible."""

import msgspec

from benchmarks import rates


def test_it_measures_and_keeps_the_limit(capsys):
    options = ["--seconds", "2.6", "--amount", "100", "--offered", "300", "--calls", "200", "--rounds", "20"]
    assert rates.main(options) == 0
    figures = msgspec.json.decode(capsys.readouterr().out, type=rates.Figures)
    assert set(figures.kept) == {"memory", "redis"}
    for kept in figures.kept.values():
        assert kept.most_in_a_second <= 100
        assert kept.share_of_limit > 0.9
    assert all(value > 0 for value in figures.decide_us.values())
