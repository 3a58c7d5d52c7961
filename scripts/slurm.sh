#!/bin/sh
# Tries igs slurm on a real Slurm: one node with four slots on this machine, in build/slurm. Twelve small runs are trained
# by one process and by an array of four tasks, of which one is put into the queue again while it trains and another one
# comes near its limit of time. All runs must be done once, with the same bits.
#
#   scripts/slurm.sh [IGS]      the default is ./igs
#
# It needs munged, slurmctld and slurmd (Debian: slurm-wlm, munge) and python3, and no systemd. It ends what it started.
set -eu
cd "$(dirname "$0")/.."

igs=$(realpath "${1:-igs}")
here=$PWD/build/slurm
for program in munged slurmctld slurmd sbatch scontrol squeue python3; do
    command -v "$program" >/dev/null || { echo "slurm: $program is not installed (Debian: slurm-wlm, munge)" >&2; exit 1; }
done
rm -rf "$here"
mkdir -p "$here/state" "$here/spool"
chmod 711 "$here"
host=$(hostname -s)
user=$(id -un)
port=$((20000 + $$ % 20000))

pids=
end() {
    for pid in $pids; do kill "$pid" 2>/dev/null || true; done
    wait 2>/dev/null || true
}
trap end EXIT
trap 'exit 1' INT TERM

head -c 1024 /dev/urandom >"$here/munge.key"
chmod 400 "$here/munge.key"
munged --foreground --force --key-file="$here/munge.key" --socket="$here/munge.sock" --pid-file="$here/munge.pid" \
    --log-file="$here/munge.log" --seed-file="$here/munge.seed" >"$here/munge.out" 2>&1 &
pids="$pids $!"

cat >"$here/slurm.conf" <<CONF
ClusterName=igs
SlurmctldHost=$host
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
AuthInfo=socket=$here/munge.sock,cred_expire=5
CryptoType=crypto/munge
SlurmctldPort=$port
SlurmdPort=$((port + 1))
StateSaveLocation=$here/state
SlurmdSpoolDir=$here/spool
SlurmctldPidFile=$here/slurmctld.pid
SlurmdPidFile=$here/slurmd.pid
SlurmctldLogFile=$here/slurmctld.log
SlurmdLogFile=$here/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
ReturnToService=2
KillWait=10
MailProg=/bin/true
NodeName=$host NodeAddr=127.0.0.1 CPUs=4 State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
# A task that is put into the queue again begins after cred_expire.
export SLURM_CONF="$here/slurm.conf"
while [ ! -S "$here/munge.sock" ]; do sleep 0.1; done
slurmctld -D >"$here/slurmctld.out" 2>&1 &
pids="$pids $!"
slurmd -D >"$here/slurmd.out" 2>&1 &
pids="$pids $!"
tries=0
until sinfo -h -o %T 2>/dev/null | grep -q idle; do
    tries=$((tries + 1))
    [ $tries -lt 120 ] || { echo "slurm: the node does not come up, see $here" >&2; exit 1; }
    sleep 0.5
done

python3 - "$here" <<'PYTHON'
import struct, sys, zlib
def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
for i in range(4):
    rows = b"".join(b"\0" + bytes(v & 255 for x in range(32) for v in (x * 8 + i * 40, y * 8, x // 8 * 60 + i * 9)) for y in range(32))
    with open(f"{sys.argv[1]}/p{i}.png", "wb") as f:
        f.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 32, 32, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
PYTHON
cat >"$here/job.toml" <<JOB
[input]
images = ["p*.png"]
[sweep]
gaussians = [30, 40, 50]
steps = [${STEPS:-1500}]
[train]
checkpoint_every = 100
early_stop = false
JOB
cd "$here"
"$igs" run job.toml -q --name alone
"$igs" slurm job.toml --name array --tasks 4 --gpus 0
job=$(sbatch --parsable job.sbatch)
begun() { ls output/array/*/checkpoints/latest.safetensors 2>/dev/null | wc -l; }
until [ "$(begun)" -ge 2 ]; do sleep 0.2; done
scontrol requeue "${job}_1"
scancel --batch --signal=USR1 "${job}_2" # as near its limit of time
while squeue -h -j "$job" 2>/dev/null | grep -q .; do sleep 1; done
echo "tasks:"
grep -h -i "stopped by\|taken over\|waiting for\|terminated" igs-array-*.log | cut -c 1-160 || true
failed=0
for run in output/alone/*-*/; do
    name=$(basename "$run")
    cmp "$run/model.igsm" "output/array/$name/model.igsm" || failed=1
    done_once=$(cat igs-array-*.log | grep -c "^$name: .*done" || true)
    echo "$name: done $done_once times"
    [ "$done_once" = 1 ] || failed=1
done
grep -q '"status": "done",' output/array/session.json && [ -s output/array/report.html ] || failed=1
[ "$failed" = 0 ] && echo "slurm: all runs are done, with the same bits" || { echo "slurm: failed, see $here" >&2; exit 1; }
