"""The picture of how calls run."""

from ivr.insights.flow import flow


def columns(edges: dict[str, int]) -> dict[str, int]:
    return {stop.name: stop.column for stop in flow(edges).stops}


def test_a_stop_stands_behind_all_that_lead_to_it() -> None:
    edges = {
        "greeting>opening_hours": 5, "opening_hours>anything_else": 5, "greeting>order_status": 20,
        "order_status>order_number": 20, "order_number>anything_else": 18, "anything_else>solved": 23,
        "order_number>gave_up": 2,
    }  # fmt: skip
    found = columns(edges)
    assert found["anything_else"] > found["order_number"] > found["order_status"] > found["greeting"]
    assert found["solved"] == found["gave_up"] == max(found.values())
    assert sum(band.calls for band in flow(edges).bands) == sum(edges.values()), "every band is drawn"


def test_a_circle_is_cut_where_fewest_go() -> None:
    found = columns({"greeting>a": 9, "a>b": 9, "b>a": 2, "b>solved": 7, "a>solved": 2})
    assert (found["a"], found["b"], found["solved"]) == (1, 2, 3)


def test_no_calls_are_no_picture() -> None:
    assert flow({}).stops == ()
    assert flow({"a>b": 3}).stops == ()
