"""The number of parallel streams that large ops split their work into."""

# A step of a recurrent layer is too small to be shared among threads; two halves of a
# batch are not. More than two blocks of logits would not fit into a cache.
STREAMS = 2
