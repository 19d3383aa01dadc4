"""The Penn Treebank's text for language modelling."""
