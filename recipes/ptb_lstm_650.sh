#!/usr/bin/env bash
# Trains saved_models/ptb_lstm_650: a larger plain LSTM language model, which also
# generates the extra sentences that the Inputless models learn from. About an hour on
# two CPU cores. Test perplexity 93.98.
set -euo pipefail
source "$(dirname "$0")/common.sh"

train ptb_lstm_650 "${ptb[@]}" "${large[@]}" --latent=none --dropout=0.5 --epochs=12 \
  --learning_rate=2e-3
