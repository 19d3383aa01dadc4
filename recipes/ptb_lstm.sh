#!/usr/bin/env bash
# Trains saved_models/ptb_lstm: a plain LSTM language model, the baseline of the
# Standard setting. About 20 minutes on two CPU cores. Test perplexity 109.30.
set -euo pipefail
source "$(dirname "$0")/common.sh"

train ptb_lstm "${ptb[@]}" "${small_steps[@]}" --latent=none
