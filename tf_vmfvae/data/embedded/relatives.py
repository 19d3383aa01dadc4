"""The narrator's people, who turn up in every topic."""

from tf_vmfvae.data.embedded.words import many, name, one

(BROTHER, FATHER, UNCLE) = one("my brother", "my father", "my uncle", pronoun="his")
(SISTER, MOTHER, AUNT) = one("my sister", "my mother", "my aunt", pronoun="her")
(DAVID, PETER) = name("david", "peter", pronoun="his")
(ANNA, MARIA) = name("anna", "maria", pronoun="her")
(FRIENDS, NEIGHBORS, PARENTS) = many("my friends", "our neighbors", "my parents")
