"""Bounds on the likelihood, and how much the code is used, for any VAE."""

from tf_vmfvae import data, evaluation

# Numbers of samples to show the bound for, if they are below --samples.
LEVELS = (1, 3, 10, 30, 100, 300, 1000, 3000, 10_000, 30_000)


def find_bounds(
    model, batches: data.Batches, some: data.Batches, settings: dict
) -> dict:
    """Returns the part of evaluation.json that all models have.

    Args:
        model: a `tf_vmfvae.models.VAE`.
        batches: the examples, as the model takes them.
        some: the first of them, as many as are compared with each other for the mutual
            information.
        settings: the value of every flag of `trainers.evaluate`, by name.
    """
    single = evaluation.evaluate(model, batches.dataset())

    def weighted(refinement=None):
        levels = [level for level in LEVELS if level < settings["samples"]]
        return evaluation.importance_weighted(
            model,
            batches.dataset(),
            [*levels, settings["samples"]],
            seed=settings["seed"],
            memory=settings["memory_mb"] * 2**20,
            refinement=refinement,
        ).as_dict()

    information = evaluation.mutual_information(
        model, some.dataset(), seed=settings["seed"]
    )
    units = evaluation.active_units(model, batches.dataset())
    bounds = {"bounds": weighted()}
    steps = settings["refine_steps"]
    if steps and model.latent.is_empty:
        print("note: --refine_steps has no effect on a model without a code")
    elif steps:
        refined = weighted(evaluation.Refinement(steps))
        bounds["refined_bounds"] = {"steps": steps, **refined}
    return {
        "code_gain": single.code_gain,
        "mean_cosine": single.mean_cosine,
        **bounds,
        "information": information.as_dict(),
        "units": units.as_dict(),
    }
