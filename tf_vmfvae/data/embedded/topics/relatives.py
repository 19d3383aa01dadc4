"""Relatives and friends of the narrator, who turn up in every topic."""

from tf_vmfvae.data.embedded.topics.topic import Noun

# Maps the words to the noun.
RELATIVES = {
    noun.word: noun
    for noun in (
        *(Noun(f"my {man}", "one", "his") for man in ("brother", "father", "uncle")),
        *(Noun(f"my {woman}", "one", "her") for woman in ("sister", "mother", "aunt")),
        *(Noun(man, "name", "his") for man in ("david", "peter")),
        *(Noun(woman, "name", "her") for woman in ("anna", "maria")),
        *(Noun(f"my {many}", "many", "their") for many in ("friends", "parents")),
        Noun("our neighbors", "many", "their"),
    )
}
