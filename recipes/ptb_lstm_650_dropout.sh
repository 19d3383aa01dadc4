#!/usr/bin/env bash
# Trains saved_models/ptb_lstm_650_dropout: the larger plain language model with more
# dropout, 30 epochs and three more. About an hour and a quarter on one CPU core with
# bfloat16 units. Test perplexity 91.43 after the first run, 91.23 after the second.
set -euo pipefail
source "$(dirname "$0")/common.sh"

train standard_650 "${standard_650[@]}" --latent=none --epochs=30 --patience=5 \
  --learning_rate=2e-3
train ptb_lstm_650_dropout "${standard_650[@]}" --latent=none --epochs=3 --patience=3 \
  --learning_rate=1e-3 --pretrained="$RUNS/standard_650"
