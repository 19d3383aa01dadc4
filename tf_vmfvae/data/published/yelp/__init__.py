"""Yelp reviews of 2013 with their stars."""
