# Without a stick: codes before the camera, and the device's own request as codes.

held='' temporary=()

# By codes: FOLDER is one of our own for as long as this runs, and so is the one that the agent's user reads them into.
begin_by_code() {
    from=$(mktemp -d) held=$(mktemp -d)
    temporary=("$from" "$held")
    chmod 755 "$from"
    [ -n "$root" ] || chown carewitness: "$held"
}

# compare FINGERPRINT: a code is a stranger's until a person has held its fingerprint against the administrator's own word.
# Until then it is in a folder that goes when this ends; and a second code is asked about anew, whatever the first one was.
compare() {
    local shown=$1 answer=''
    [[ $shown =~ ^[0-9]{4}(\ [0-9]{4}){5}$ ]] || fail "没有读出指纹 no fingerprint was read"
    if [ -n "$expected" ]; then
        [ "${expected//[^0-9]/}" = "${shown//[^0-9]/}" ] ||
            fail "登记码的指纹是 $shown，与给出的不同，什么都没有改动" \
                "the code's fingerprint is $shown, not the one that was given, and nothing was changed"
        return 0
    fi
    echo "carewitness-enrol: 登记码的指纹 the code's fingerprint: $shown" >&2
    [ -t 0 ] || fail "没有人核对指纹，什么都没有改动；在终端上运行，或加 --fingerprint" \
        "nobody is here to compare it, and nothing was changed; run this on a terminal, or with --fingerprint"
    # The agent stands still meanwhile: five minutes, as for the codes.
    read -r -t 300 -p "与管理员亲口报的六组数字完全相同吗？相同输入 yes，其他停止 · Are these the six groups that your administrator \
told you? yes goes on, anything else stops: " answer || answer=''
    [ "$answer" = yes ] || fail "没有确认，什么都没有改动 not confirmed, and nothing was changed"
}

# What was read is taken over by the rights of the user who read it: no link of its making leads root elsewhere.
scan() {
    local said device name source=(--camera "${camera:-/dev/carewitness/camera}")
    if [ -z "$camera" ] && [ -e "$state/settings.toml" ]; then source=(--settings "$state/settings.toml"); fi
    said=$(as_agent "$agent" scan "${source[@]}" --out "$held/site")
    compare "${said##*: }"
    device=$(as_agent sed -n 's/^DEVICE=//p' "$held/site/site.env")
    [[ $device =~ ^[A-Za-z0-9._-]+$ ]] || fail "site.env: DEVICE"
    for name in site.env server.jwk.json ca.crt "$device.crt"; do
        if as_agent test -e "$held/site/$name"; then as_agent cat "$held/site/$name" > "$from/$name"; fi
    done
}

# What the administrator needs is public, and comes before a camera as the device's own word.
show() {
    [ -s "$state/tls/device.csr" ] || fail "还没有登记请求 there is no request yet; run carewitness-enrol --scan"
    install -m 644 "$state/tls/device.csr" "$from/device.csr"
    as_agent "$agent" show-request --folder "$state/device" --csr "$from/device.csr"
}
