#!/usr/bin/env bash
# Trains saved_models/ptb_vmf_inputless: the vMF model of the Inputless setting at the
# default size, trained at kappa 80 and evaluated at 45. About an hour on two CPU cores.
# Test perplexity 468.62, importance-weighted with 30 samples 393.28.
set -euo pipefail
source "$(dirname "$0")/common.sh"

train ptb_vmf_inputless "${ptb[@]}" --latent=vmf --setting=inputless
