from trainers.reproduce.reports.table import Table


def test_cells_are_formatted_by_column():
    rows = [("a | b", -0.001, None), ("c", -0.006, 2.5)]
    table = Table({"model": "", "gain": ".2f", "KL": ".1f"}, rows, "Gains")

    assert table.markdown().splitlines() == [
        "Gains",
        "",
        "| model | gain | KL |",
        "|---|---|---|",
        # No minus at a zero, none at a figure that is missing.
        r"| a \| b | 0.00 |  |",
        "| c | -0.01 | 2.5 |",
    ]
