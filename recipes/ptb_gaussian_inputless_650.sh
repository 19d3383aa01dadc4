#!/usr/bin/env bash
# Trains saved_models/ptb_gaussian_inputless_650: the Gaussian model of the Inputless
# setting. It starts from the weights of ptb_vmf_inputless_650.sh, whose run folder has to
# be there, and is trained in two runs of 7 and 21 epochs. Generating takes one CPU core
# half an hour to an hour; then come 28 epochs of 90 to 200 seconds each on two cores
# with bfloat16 units. Test perplexity 284.78, importance-weighted with 100 samples
# 247.89.
set -euo pipefail
source "$(dirname "$0")/common.sh"

generate 127 130 "$RUNS/generated_127_130.txt"
generate 131 142 "$RUNS/generated_131_142.txt"

# Replaces the vMF posterior by a Gaussian one with the same signal and noise on average.
"$PYTHON" -m analysis.as_gaussian --model="$RUNS/ptb_vmf_inputless_650" "${ptb[@]}" \
  --output_dir="$RUNS/as_gaussian"

gaussian=("${inputless_650[@]}" "${later_phase[@]}" --latent=gaussian --patience=34
  --learning_rate=1.5e-3)
train inputless_650_gaussian "${gaussian[@]}" --epochs=7 \
  --pretrained="$RUNS/as_gaussian" --synthetic="$RUNS/generated_127_130.txt"
train ptb_gaussian_inputless_650 "${gaussian[@]}" --epochs=21 --patience=21 \
  --pretrained="$RUNS/inputless_650_gaussian" --synthetic="$RUNS/generated_131_142.txt"
