# What the recipes share; each of them sources this file.
#
# DATA    folder that holds ptb/train.txt, ptb/valid.txt and ptb/test.txt, and
#         20ng/train.feat, 20ng/test.feat and 20ng/vocab.new; without it the corpora are
#         downloaded
# RUNS    where run folders and generated sentences go (runs)
# PYTHON  the interpreter of the environment that the library is installed in (python)
#
# Every recipe can be stopped and started again: a run continues from its last
# checkpoint, a finished run prints its figures, and sentences that have been generated
# are not generated again.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

DATA=${DATA:-}
RUNS=${RUNS:-runs}
PYTHON=${PYTHON:-python}
mkdir -p "$RUNS"

ptb=(--dataset=ptb ${DATA:+"--data_dir=$DATA"})
newsgroups=(--dataset=20ng ${DATA:+"--data_dir=$DATA"})

# The Standard setting at the default size, before its defaults had a larger learning rate.
small_steps=(--epochs=8 --dropout=0.4 --learning_rate=2e-3)

# The larger model: embeddings of 256, LSTMs of 650.
large=(--embedding_dim=256 --hidden_dim=650)

# The Standard setting, where the decoder reads the previous words. Much dropout, so that
# the plain model gets close to its best.
standard_650=("${ptb[@]}" "${large[@]}" --dropout=0.5 --recurrent_dropout=0.3
  --word_dropout=0.1 --batch_size=64 --precision=mixed_bfloat16)

# The Inputless setting, where the decoder reads the code alone. The phases that follow
# the first one use no dropout and no bag-of-words loss.
inputless_650=("${ptb[@]}" "${large[@]}" --setting=inputless --code_layers=1
  --batch_size=128 --precision=mixed_bfloat16)
later_phase=(--bow_loss=0 --dropout=0 --synthetic_share=0.9)

# train NAME FLAG...: trains a language model; its run folder is $RUNS/NAME.
train() {
  local name=$1
  shift
  "$PYTHON" -m trainers.lm "$@" --output_dir="$RUNS/$name"
}

# train_documents NAME FLAG...: likewise a document model.
train_documents() {
  local name=$1
  shift
  "$PYTHON" -m trainers.bow "$@" --output_dir="$RUNS/$name"
}

# generate FIRST LAST FILE: has the plain model ptb_lstm_650 generate 60,000 sentences
# for each seed from FIRST to LAST; those of 60 words or more are left out.
generate() {
  local first=$1 last=$2 file=$3 seed
  [[ -e $file ]] && return
  for ((seed = first; seed <= last; seed++)); do
    "$PYTHON" -m trainers.generate --model=saved_models/ptb_lstm_650 --count=60000 \
      --seed="$seed"
  done | awk 'NF < 60' >"$file.partial"
  mv "$file.partial" "$file"
}
