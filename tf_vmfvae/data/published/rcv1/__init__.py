"""Reuters RCV1-v2 as bags of words."""
