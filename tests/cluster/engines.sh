#!/usr/bin/env bash
# A sweep through GNU parallel (one shard is killed), Snakemake (one part is deleted), HyperQueue, and by every engine's
# variable set by hand. The lines and variables are those of docs/sweeps.md. Every merged table must have the SHA-256 of the
# local run. Needs parallel, snakemake and a python3 with hyperqueue on the PATH.
# usage: tests/cluster/engines.sh PATH-OF-YAOSU
set -euo pipefail
real="$(realpath "${1:?path of the program}")"
home="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
page="$home/docs/sweeps.md"
for tool in parallel snakemake; do
    command -v "$tool" >/dev/null || { echo "skipped: no $tool (apt-get install parallel; pip install snakemake)"; exit 77; }
done
python3 -c 'import hyperqueue' 2>/dev/null || { echo "skipped: no hyperqueue (pip install hyperqueue)"; exit 77; }
# variables and their first index, row by row
rows="$(grep -oP '^\| .* \| `\K[A-Z_]+` \| [01](?= \|$)' "$page" | tr -d '`|')"
# shellcheck disable=SC2046
unset SLURM_ARRAY_TASK_ID $(cut -d' ' -f1 <<< "$rows")
lab="$(mktemp -d /tmp/yaosu-engines.XXXXXX)"
trap 'rm -rf "$lab"' EXIT
trap 'echo "line $LINENO failed"' ERR
mkdir "$lab/bin"
ln -s "$real" "$lab/bin/yaosu"
export PATH="$lab/bin:$PATH" XDG_CACHE_HOME="$lab/cache"

cat > "$lab/my.toml" <<'TOML'
scenario = "three-reforms"
base_seed = 5
replicates = 2
set = { scale = 5000, burn_in = 1, birth.tolerance = 1.0 }
[design]
kind = "latin_hypercube"
points = 12
keys."labour.separation" = { low = 0.05, high = 0.2 }
keys."levers.land_leasing.intensity" = { low = 0.2, high = 1.0 }
[outcomes]
metrics = ["gdp_real"]
years = [1]
effect_of = ["land_leasing"]
TOML

# a new folder with the experiment
begin() {
    mkdir "$lab/$1"
    cp "$lab/my.toml" "$lab/$1"
    cd "$lab/$1"
}
# the line of the page that begins with a word
line() {
    local found
    found="$(grep "^$1 " "$page")" || { echo "$page has no line of $1" >&2; return 1; }
    [[ "$found" != *$'\n'* ]] || { echo "$page has several lines of $1" >&2; return 1; }
    echo "$found"
}
sum() { sha256sum outputs/*/results.parquet | cut -d' ' -f1; }
same() {
    local found
    found="$(sum)"
    [[ "$found" == "$expected" ]] || { echo "local $expected, $1 $found"; exit 1; }
    echo "$SECONDS s: same bytes: $1"
}

begin local
yaosu sweep my.toml --threads 1 --quiet
expected="$(sum)"
folder="outputs/$(ls outputs)"
echo "$SECONDS s: local: $expected"

# shard 3 is killed when it has written the first of its three parts; the others go on, nothing is merged
begin parallel
mkdir bin
cat > bin/yaosu <<WRAPPER
#!/usr/bin/env bash
[[ "\$*" == *"--shard 3/8"* && ! -e killed ]] || exec "$real" "\$@"
touch killed
"$real" "\$@" &
until [[ -e "$folder/parts/part-00002.parquet" ]] || ! kill -0 \$!; do sleep 0.002; done
kill -9 \$!
wait \$!
kill -9 \$\$
WRAPPER
chmod +x bin/yaosu
text="$(line parallel)"
if PATH="$PWD/bin:$PATH" bash -c "$text" > out.log 2>&1; then
    echo "parallel did not tell of the killed shard"; exit 1
fi
[[ ! -e "$folder/results.parquet" ]] || { echo "merged without the killed shard"; exit 1; }
[[ "$(awk '$8 == 9' my.log | wc -l)" == 1 ]] || { cat my.log out.log; exit 1; }
[[ ! -e "$folder/parts/part-00018.parquet" ]] || { echo "shard 3 was killed too late"; exit 1; }
echo "$SECONDS s: parallel: $(ls "$folder"/parts/*.parquet | wc -l) of 24 parts, shard 3 was killed"
bash -c "$text" > out.log 2>&1 || { cat out.log; exit 1; }
[[ "$(tail -n +2 my.log | wc -l)" == 9 ]] || { echo "more than the killed shard was run again"; cat my.log; exit 1; }
same "GNU parallel, resumed"

# killed again, and done again at once
begin retries
cp -r ../parallel/bin .
PATH="$PWD/bin:$PATH" bash -c "${text/--resume-failed/--retries 3}" > out.log 2>&1 || { cat out.log; exit 1; }
[[ -e killed ]] || { echo "no shard was killed"; exit 1; }
same "GNU parallel, --retries"

begin snakemake
cp "$home/docs/examples/Snakefile" .
text="$(line snakemake)"
bash -c "$text" > out.log 2>&1 || { cat out.log; exit 1; }
same Snakemake
# without the merged table, as after a run that was stopped; with it Snakemake asks for no parts
rm "$folder/parts/part-00005.parquet" "$folder/results.parquet"
ls -l --time-style=full-iso "$folder/parts" | grep -v 00005 | grep part- > before
bash -c "$text" > out.log 2>&1 || { cat out.log; exit 1; }
ls -l --time-style=full-iso "$folder/parts" | grep -v 00005 | grep part- | diff before - || { echo "other parts were run again"; exit 1; }
same "Snakemake, resumed"

begin hyperqueue
cat > submit.py <<'PYTHON'
"""Submits the array of a line `hq submit --wait --array 0-7 PROGRAM ...` to a server and a worker of its own."""
import shlex
import sys

from hyperqueue import Job, LocalCluster
from hyperqueue.cluster import WorkerConfig

words = shlex.split(sys.argv[1].split(" && ")[0])
assert words[:4] == ["hq", "submit", "--wait", "--array"], words
first, last = map(int, words[4].split("-"))
with LocalCluster() as cluster:
    cluster.start_worker(WorkerConfig(cores=2))
    client = cluster.client()
    job = Job(max_fails=0)
    for index in range(first, last + 1):
        assert job.program(words[5:]).task_id == index
    client.wait_for_jobs([client.submit(job)])
PYTHON
text="$(line hq)"
python3 submit.py "$text" > out.log 2>&1 || { cat out.log; exit 1; }
bash -c "${text#* && }" > out.log
same HyperQueue

# every row of the page's table; both shards begin at once
begin none
told="$(yaosu sweep my.toml --shards 2 2>&1 || true)"
for name in $(grep -oE '[A-Z]+(_[A-Z]+)+' <<< "$told"); do
    [[ "$name" == SLURM_ARRAY_TASK_ID ]] || grep -q "^$name " <<< "$rows" || { echo "$page has no row of $name"; exit 1; }
done
while read -r name first; do
    begin "$name"
    env "$name=$first" yaosu sweep my.toml --shards 2 --threads 1 --quiet & one=$!
    env "$name=$((first + 1))" yaosu sweep my.toml --shards 2 --threads 1 --quiet & two=$!
    wait "$one"
    wait "$two"
    if env "$name=$((first + 2))" yaosu sweep my.toml --shards 2 --quiet 2> wrong; then
        echo "$name=$((first + 2)) was taken"; exit 1
    fi
    yaosu sweep my.toml --merge > out.log
    same "$name from $first"
done <<< "$rows"
