#!/usr/bin/env bash
# A sweep through a throw-away Slurm of two nodes on loopback: once undisturbed, once with parts lost and submitted again, once
# with a node killed in the middle. Each merged table must have the SHA-256 of the local run. Needs slurm-wlm and munge; no
# root, no systemd, no database. Limits are wide, for a busy machine.
# usage: tests/cluster/slurm.sh PATH-OF-YAOSU
set -euo pipefail
yaosu="$(realpath "${1:?path of the program}")"
PATH="$PATH:/usr/sbin:/sbin"
for tool in munged slurmctld slurmd sbatch; do
    command -v "$tool" >/dev/null || { echo "skipped: no $tool (apt-get install slurm-wlm munge)"; exit 77; }
done
lab="$(mktemp -d /tmp/yaosu-slurm.XXXXXX)"
export SLURM_CONF="$lab/slurm.conf"
mkdir -p "$lab"/{log,state,spool,run}
chmod 755 "$lab" "$lab/run"

# whether a process was started with a variable of this value
has() { grep -qzs -- "^$2" "/proc/$1/environ"; }

# daemons, step managers and tasks of this laboratory, and no other's
inmates() {
    local environ pid
    for environ in /proc/[0-9]*/environ; do
        pid="${environ//[!0-9]/}"
        if has "$pid" "SLURM_CONF=$lab/"; then echo "$pid"; fi
    done
}

down() {
    trap - EXIT
    timeout 20 scancel -u "$(id -un)" 2>/dev/null || true
    local file signal
    for file in "$lab"/run/*.pid; do
        [[ -e "$file" ]] && kill "$(cat "$file")" 2>/dev/null || true
    done
    for signal in TERM TERM KILL; do
        sleep 1
        # shellcheck disable=SC2046
        kill -s "$signal" $(inmates) 2>/dev/null || true
    done
    rm -rf "$lab"
}
trap down EXIT
trap 'exit 1' INT TERM

fail() {
    echo "failed: $1"
    tail -n 20 "$lab"/log/*.log "$lab"/*/*/slurm-*.log 2>/dev/null || true
    exit 1
}

# a port on which nobody listens
port() {
    local port
    while true; do
        port=$((12000 + RANDOM % 18000))
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
    done
    echo "$port"
}
ports=()
while (( ${#ports[@]} < 3 )); do
    new="$(port)"
    [[ " ${ports[*]} " == *" $new "* ]] || ports+=("$new")
done

host="$(hostname -s)" me="$(id -un)"
cat > "$SLURM_CONF" <<CONF
ClusterName=lab
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=${ports[0]}
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
AuthType=auth/munge
AuthInfo=socket=$lab/run/munge.socket,cred_expire=20
SlurmUser=$me
SlurmdUser=$me
StateSaveLocation=$lab/state
SlurmdSpoolDir=$lab/spool/%n
SlurmctldPidFile=$lab/run/slurmctld.pid
SlurmdPidFile=$lab/run/slurmd.%n.pid
SlurmctldLogFile=$lab/log/slurmctld.log
SlurmdLogFile=$lab/log/slurmd.%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=batch_sched_delay=0,sched_min_interval=0,bf_interval=2
MpiDefault=none
SwitchType=switch/none
ReturnToService=2
SlurmdTimeout=30
MessageTimeout=30
BatchStartTimeout=120
TCPTimeout=20
KillWait=2
MinJobAge=600
JobRequeue=1
MaxArraySize=9
SlurmdParameters=config_overrides
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=${ports[1]} CPUs=1 RealMemory=1000 State=UNKNOWN
NodeName=n2 NodeHostname=$host NodeAddr=127.0.0.1 Port=${ports[2]} CPUs=1 RealMemory=1000 State=UNKNOWN
PartitionName=main Nodes=n[1-2] Default=YES MaxTime=INFINITE State=UP
CONF
dd if=/dev/urandom of="$lab/run/munge.key" bs=1024 count=1 status=none
chmod 400 "$lab/run/munge.key"
munged --key-file="$lab/run/munge.key" --socket="$lab/run/munge.socket" --pid-file="$lab/run/munged.pid" \
    --log-file="$lab/log/munged.log" --seed-file="$lab/run/munged.seed"
slurmctld
slurmd -N n1
slurmd -N n2
idle() { [[ "$(sinfo -h -t idle -o %D 2>/dev/null || true)" == 2 ]]; }
for _ in $(seq 300); do
    idle && break
    sleep 0.4
done
idle || fail "the nodes are not idle after two minutes"
sinfo -N

cat > "$lab/e.toml" <<'TOML'
scenario = "three-reforms"
base_seed = 5
replicates = 4
set = { scale = 20000, burn_in = 4, birth.tolerance = 1.0 }
[design]
kind = "latin_hypercube"
points = 12
keys."labour.separation" = { low = 0.05, high = 0.2 }
keys."levers.land_leasing.intensity" = { low = 0.2, high = 1.0 }
[outcomes]
metrics = ["gdp_real", "unemployment_rate"]
years = [1, 3]
effect_of = ["land_leasing", "package"]
[cluster]
minutes = 0.05
seconds_per_job = 1.0
TOML
cd "$lab"
"$yaosu" sweep e.toml --out local --quiet
expected="$(sha256sum local/*/results.parquet | cut -d' ' -f1)"

same() {
    local found
    found="$(sha256sum "$1/results.parquet" | cut -d' ' -f1)"
    [[ "$found" == "$expected" ]] || fail "$2: local $expected, Slurm $found"
    echo "$2, same bytes: $found"
}

# undisturbed
"$yaosu" sweep e.toml --out calm --engine slurm --wait || fail "the merge that was waited for"
folder="$(ls -d calm/*)"
same "$folder" "undisturbed"

# lost parts alone are submitted again
rm "$folder/results.parquet" "$folder/parts/part-00003.parquet"
truncate -s 100 "$folder/parts/part-00012.parquet"
"$yaosu" sweep e.toml --resume "$folder" --engine slurm --wait || fail "the merge of lost parts"
grep -q 'indices = "3-4"' "$folder/slurm.toml" || fail "$(cat "$folder/slurm.toml")"
same "$folder" "two parts submitted again"
"$yaosu" sweep e.toml --resume "$folder" --status
"$yaosu" sweep e.toml --resume "$folder" --engine slurm --dry-run | grep -q "nothing to submit" || fail "a complete sweep"

# the second node dies once some parts are there and it has a task
"$yaosu" sweep e.toml --out slurm --engine slurm
folder="$(ls -d slurm/*)"
parts() { find "$folder/parts" -name 'part-*.parquet' | wc -l; }
for _ in $(seq 3000); do
    (( $(parts) >= 4 )) && [[ -n "$(squeue -h -t running -w n2 -o %i 2>/dev/null || true)" ]] && break
    sleep 0.1
done
running="$(squeue -h -t running -w n2 -o %i | wc -l)"
node="$(cat "$lab/run/slurmd.n2.pid")"
# the daemon, its step managers and what they run, each found from the node's own processes
tree() { local child; for child in $(pgrep -P "$1" || true); do tree "$child"; done; echo "$1"; }
victims="$(tree "$node")"
for step in $(pgrep -f "slurmstepd: \[.*\]" || true); do
    has "$step" "SLURM_CONF=$lab/" || continue
    for child in $(tree "$step"); do
        if has "$child" 'SLURMD_NODENAME=n2$'; then
            victims="$victims $(tree "$step")"
            break
        fi
    done
done
# shellcheck disable=SC2086
kill -9 $victims 2>/dev/null || true
rm -f "$lab/run/slurmd.n2.pid"
there="$(parts)"
echo "killed node n2 with $running task(s) on it; $there parts were there"
(( running > 0 && there < 48 )) || fail "the node was killed too late"
for _ in $(seq 3000); do
    [[ -e "$folder/results.parquet" ]] && break
    left="$(squeue -h -o %i 2>/dev/null)" || left="not known"
    [[ -z "$left" ]] && break
    sleep 0.3
done
sinfo -N
cat "$folder/slurm-merge.log" || fail "no merge"
same "$folder" "a node killed"
