"""The Yelp reviews of 2013 with their stars, as a TFDS data set."""
