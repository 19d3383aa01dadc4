#!/usr/bin/env bash
# Trains saved_models/ptb_vmf_inputless_650: the best vMF model of the Inputless setting,
# in three runs on the corpus and on 1.5 million sentences that the plain model
# ptb_lstm_650 generates. Generating takes one CPU core an hour to an hour and three
# quarters; then come 102 epochs of 90 to 200 seconds each on two cores with bfloat16
# units. Test perplexity 293.33, importance-weighted with 100 samples 258.45.
set -euo pipefail
source "$(dirname "$0")/common.sh"

generate 101 114 "$RUNS/generated_101_114.txt"
generate 115 126 "$RUNS/generated_115_126.txt"

# First the code has to become useful: it starts with little noise, and an auxiliary loss
# has it predict the sentence's words.
train inputless_650_first "${inputless_650[@]}" --latent=vmf --kappa=80 \
  --initial_kappa=400 --training_kappa=100 --anneal_epochs=15 \
  --dropout=0.1 --epochs=40 --patience=6 --learning_rate=3e-3 \
  --synthetic="$RUNS/generated_101_114.txt"

# Then the model is trained on the bound alone.
train inputless_650_second "${inputless_650[@]}" "${later_phase[@]}" --latent=vmf \
  --kappa=80 --training_kappa=85 --epochs=34 --patience=34 --learning_rate=2e-3 \
  --pretrained="$RUNS/inputless_650_first" \
  --synthetic="$RUNS/generated_101_114.txt"

# Last, the prior is trained too.
train ptb_vmf_inputless_650 "${inputless_650[@]}" "${later_phase[@]}" --latent=vmf \
  --kappa=80 --training_kappa=85 --epochs=28 --patience=60 --learning_rate=2e-3 \
  --prior_components=4096 --pretrained="$RUNS/inputless_650_second" \
  --synthetic="$RUNS/generated_115_126.txt"
