# What runs on this machine: stopped and started around an enrolment.

stopped=''

# Below another folder no service is this machine's to stop or start.
services() {
    if [ -n "$root" ]; then "${CAREWITNESS_SYSTEMCTL:-true}" "$@"; else systemctl "$@"; fi
}

no_visit() {
    ! grep -qs '"visit":true' "$root$CAREWITNESS_ALIVE" ||
        fail "服务进行中，什么都没有改动，结束后再运行" \
            "a visit is under way, and nothing was changed; run this again when it is over"
}

# The camera is the agent's, as in a self-test, and a new site begins with a new start of it: never in a visit, and what a
# self-test holds is held to the end, before the trial is asked for. The judge would take the silence of a stopped agent for a
# release that has failed.
stop_agent() {
    . "$root/etc/carewitness/appliance.env"
    no_visit
    mkdir -p "$root$CAREWITNESS_SELFTEST"
    exec 9< "$root$CAREWITNESS_SELFTEST"
    flock --wait 5 9 || fail "自检或另一次登记正在进行 a self-test or another enrolment is under way"
    [ ! -e "$root$CAREWITNESS_RELEASES/trial.json" ] ||
        fail "新版本正在试用，约五分钟后再运行 a new release is on trial; run this again in five minutes"
    # Somebody may have checked in while the lock was waited for.
    no_visit
    # A first installation has not enabled it yet, and ends with a new start of the whole device.
    if services is-enabled --quiet carewitness-agent || services is-active --quiet carewitness-agent; then
        stopped=yes
        services stop carewitness-agent
    fi
}

start_agent() {
    [ -n "$stopped" ] || return 0
    stopped=
    exec 9<&-
    services reset-failed carewitness-agent || true
    services --no-block start carewitness-agent
}

# A broker that cannot be found today is no reason to leave an enrolment half done.
restart_services() {
    local unit
    services is-active --quiet multi-user.target || return 0
    for unit in nftables carewitness-allow mosquitto chrony; do
        services restart "$unit" ||
            echo "carewitness-enrol: $unit 没有启动，登记继续；原因 did not start, and the enrolment goes on; why:" \
                "journalctl -u $unit" >&2
    done
}
