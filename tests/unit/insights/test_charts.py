"""Where the shapes of the charts stand."""

from itertools import combinations

from ivr.insights.flow import flow
from ivr.web.insights.charts import LETTER, LINE, automation_plot, day_names, flow_curves


def test_names_in_the_automation_picture_do_not_cover_each_other() -> None:
    crowded = [(f"matter number {number}", 0.9 + number / 1000, 0.95, 100) for number in range(6)]
    plot = automation_plot([*crowded, ("far away", 0.3, 0.5, 20)])
    assert len(plot.dots) == 7
    for one, other in combinations(plot.dots, 2):
        beside = abs(one.label_x - other.label_x) >= LETTER * (len(one.name) + len(other.name)) / 2 - 1e-6
        above = abs(one.label_y - other.label_y) >= LINE
        assert beside or above, (one.name, other.name)


def test_a_band_of_the_flow_is_as_tall_at_both_ends() -> None:
    (band,) = flow_curves(flow({"greeting>solved": 10}))
    assert band.path.startswith("M12.0 0.0C")
    assert band.path.endswith("420.0Z")
    assert band.path.count("420.0") == 4  # the lower curve, from one stop to the other and back


def test_at_most_seven_days_are_named() -> None:
    days = {f"2030-03-{day:02}": {"solved": 1} for day in range(1, 29)}
    named = day_names(days)
    assert [piece.name[-2:] for piece in named] == ["01", "05", "09", "13", "17", "21", "25"]
    assert len(day_names({"2030-03-01": {}})) == 1
