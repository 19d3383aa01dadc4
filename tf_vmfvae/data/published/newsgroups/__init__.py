"""20 Newsgroups as bags of words."""
