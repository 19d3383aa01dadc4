#!/usr/bin/env bash
# Trains saved_models/ptb_vmf_bow: the vMF model of the Standard setting whose decoder
# also reads the sentence's words in no order. About an hour on two CPU cores. Test
# perplexity 22.10.
set -euo pipefail
source "$(dirname "$0")/common.sh"

train ptb_vmf_bow "${ptb[@]}" --latent=vmf --condition=bow --embedding_dim=200 --kappa=5 \
  "${small_steps[@]}"
