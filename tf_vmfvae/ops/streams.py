"""How many streams of work the large layers run side by side."""

# A step of a recurrent layer is too small to be shared among threads; two halves of a
# batch are not. More than two blocks of logits would not fit into a cache.
STREAMS = 2
