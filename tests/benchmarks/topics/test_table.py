from benchmarks.topics.table import COLUMNS, markdown


def result(system, seed, **changes):
    measures = {key: 0.5 for key, _ in COLUMNS.values()}
    about = {"corpus": "bbc", "topics": 20, "system": system, "seed": seed}
    return {**about, **measures, **changes}


def cells(line):
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_a_row_has_means_over_the_seeds_with_their_deviations():
    table = markdown(
        [result("nmf", 1, npmi=0.1), result("nmf", 2, npmi=0.3), result("lda", 1)]
    ).splitlines()

    assert table[0] == "bbc, 20 topics"
    header, lda, nmf = (cells(table[i]) for i in (2, 4, 5))
    npmi = header.index("NPMI")
    assert (lda[0], lda[1], lda[npmi]) == ("LDA (tomotopy)", "1", "0.500")
    assert (nmf[0], nmf[1], nmf[npmi]) == (
        "NMF (scikit-learn)",
        "2",
        "0.200 ± 0.141",
    )


def test_a_measure_that_a_system_does_not_have_is_a_dash():
    table = markdown([result("nmf", 1, perplexity=None), result("nmf", 2)])
    header, row = (cells(table.splitlines()[i]) for i in (2, 4))
    assert row[header.index("perplexity")] == "–"  # noqa: RUF001


def test_each_corpus_and_number_of_topics_has_a_table():
    table = markdown(
        [result("nmf", 1, topics=n, corpus=c) for c in ("m10", "bbc") for n in (50, 20)]
    )
    titles = [line for line in table.splitlines() if line.endswith("topics")]
    assert titles == [
        "bbc, 20 topics",
        "bbc, 50 topics",
        "m10, 20 topics",
        "m10, 50 topics",
    ]
