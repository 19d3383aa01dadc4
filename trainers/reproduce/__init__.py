"""`python -m trainers.reproduce`: repeats the experiments of Xu and Durrett (2018)."""
