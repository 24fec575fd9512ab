"""What a fit is asked, here and by another process, which imports this module by its name."""


def answers(fit):
    """Tables that ask for the rows in the data, for new rows, for groups and for all at once."""
    rows = fit.design.given
    new = rows.iloc[[1, 0, 5]]
    factors = fit.design.predictor.factors
    number = next(name for name in ("x", "trt") if name in rows)
    yield fit.table()
    yield fit.ratios()
    yield fit.predictions(new)
    yield fit.avg_comparisons(number)
    for factor in factors:
        yield fit.ranef(factor)
        yield fit.group_rates(factor)
    yield fit.predict(new)


def ask(fit, model, table, draws):
    """What another process says."""
    return list(answers(fit)), model.fit(**draws), str(table), table
