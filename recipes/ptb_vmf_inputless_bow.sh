#!/usr/bin/env bash
# Trains saved_models/ptb_vmf_inputless_bow: the vMF model of the Inputless setting whose
# decoder also reads the sentence's words in no order. About an hour on two CPU cores.
# Test perplexity 80.24.
set -euo pipefail
source "$(dirname "$0")/common.sh"

train ptb_vmf_inputless_bow "${ptb[@]}" --latent=vmf --setting=inputless \
  --condition=bow --embedding_dim=200 --bow_loss=0 --kappa=25 --training_kappa=40 \
  --initial_kappa=120
