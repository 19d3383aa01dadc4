#!/usr/bin/env bash
# Trains saved_models/ptb_vmf_650: gives a code to the plain model of
# ptb_lstm_650_dropout.sh (30 epochs) and trains both for three more. About an hour and a
# quarter on one CPU core with bfloat16 units, or seven minutes where the plain model is
# there already. Test perplexity 91.33, importance-weighted with 30 samples 90.54.
set -euo pipefail
source "$(dirname "$0")/common.sh"

train standard_650 "${standard_650[@]}" --latent=none --epochs=30 --patience=5 \
  --learning_rate=2e-3
train ptb_vmf_650 "${standard_650[@]}" --latent=vmf --kappa=6 --training_kappa=12 \
  --encoder=bow --bow_loss=0.1 --epochs=3 --patience=3 --learning_rate=1e-3 \
  --pretrained="$RUNS/standard_650"
