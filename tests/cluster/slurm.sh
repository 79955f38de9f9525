#!/usr/bin/env bash
# A sweep through a throw-away Slurm of two nodes on loopback; one node is killed in the middle. The merged table must
# have the SHA-256 of the local run. Needs slurm-wlm and munge; no root, no systemd, no database.
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

down() {
    scancel -u "$(id -un)" 2>/dev/null || true
    sleep 0.5
    for file in "$lab"/run/*.pid; do
        [[ -e "$file" ]] && kill "$(cat "$file")" 2>/dev/null || true
    done
    sleep 1
    rm -rf "$lab"
}
trap down EXIT

host="$(hostname -s)" me="$(id -un)"
cat > "$SLURM_CONF" <<CONF
ClusterName=lab
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=16917
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
AuthType=auth/munge
AuthInfo=socket=$lab/run/munge.socket,cred_expire=5
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
SlurmdTimeout=10
KillWait=2
MinJobAge=600
JobRequeue=1
MaxArraySize=9
SlurmdParameters=config_overrides
NodeName=n[1-2] NodeHostname=$host NodeAddr=127.0.0.1 Port=17101-17102 CPUs=1 RealMemory=1000 State=UNKNOWN
PartitionName=main Nodes=n[1-2] Default=YES MaxTime=INFINITE State=UP
CONF
dd if=/dev/urandom of="$lab/run/munge.key" bs=1024 count=1 status=none
chmod 400 "$lab/run/munge.key"
munged --key-file="$lab/run/munge.key" --socket="$lab/run/munge.socket" --pid-file="$lab/run/munged.pid" \
    --log-file="$lab/log/munged.log" --seed-file="$lab/run/munged.seed"
slurmctld
slurmd -N n1
slurmd -N n2
for _ in $(seq 100); do
    [[ "$(sinfo -h -t idle -o %D 2>/dev/null || true)" == 2 ]] && break
    sleep 0.1
done
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

"$yaosu" sweep e.toml --out slurm --engine slurm
folder="$(ls -d slurm/*)"
# the second node dies once some parts are there
for _ in $(seq 600); do
    (( $(ls "$folder/parts" | wc -l) >= 4 )) && break
    sleep 0.05
done
running="$(squeue -h -w n2 -o %i | wc -l)"
node="$(cat "$lab/run/slurmd.n2.pid")"
# the daemon, its step managers and what they run, each found from the node's own processes
tree() { for child in $(pgrep -P "$1" || true); do tree "$child"; done; echo "$1"; }
steps="$(pgrep -f "slurmstepd: \[.*\]" || true)"
victims="$(tree "$node")"
for step in $steps; do
    tr '\0' '\n' < "/proc/$step/environ" 2>/dev/null | grep -q "^SLURM_CONF=$lab/" || continue
    for child in $(tree "$step"); do
        if tr '\0' '\n' < "/proc/$child/environ" 2>/dev/null | grep -q '^SLURMD_NODENAME=n2$'; then
            victims="$victims $(tree "$step")"
            break
        fi
    done
done
# shellcheck disable=SC2086
kill -9 $victims 2>/dev/null || true
rm -f "$lab/run/slurmd.n2.pid"
echo "killed node n2 with $running task(s) on it; $(ls "$folder/parts" | wc -l) parts were there"
for _ in $(seq 1200); do
    [[ -e "$folder/results.parquet" || -z "$(squeue -h -o %i)" ]] && break
    sleep 0.1
done
sinfo -N
cat "$folder/slurm-merge.log"
found="$(sha256sum "$folder/results.parquet" | cut -d' ' -f1)"
[[ "$found" == "$expected" ]] || { echo "local $expected, Slurm $found"; cat "$folder"/slurm-*.log; exit 1; }
echo "same bytes: $found"
