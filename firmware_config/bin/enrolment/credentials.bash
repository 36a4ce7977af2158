# Who this device is to its server and its broker: what the folder $from brings is looked at before anything is changed, then
# taken; what the administrator needs is put there.

# Whether what comes in is a server's public key; what is wrong with it is said.
is_key() {
    as_agent "$agent" pin - > /dev/null
}

# Before anything is blamed on what the folder brings.
check_rights() {
    [ -n "$root" ] || [ "$(id -u)" = 0 ] || fail "什么都没有改动；请用 sudo 运行 nothing was changed; run this with sudo"
    as_agent test -x "$agent" || no_agent
}

no_agent() {
    fail "$agent 不存在或不能运行，什么都没有改动；请重新运行 carewitness-install，见 docs/appliance.md 第 3 步" \
        "is missing or cannot run, and nothing was changed; run carewitness-install again, docs/appliance.md step 3"
}

check_key() {
    if [ ! -e "$from/server.jwk.json" ] || is_key < "$from/server.jwk.json"; then return 0; fi
    as_agent "$agent" --help > /dev/null || no_agent
    fail "server.jwk.json 不是服务器公钥，什么都没有改动；请管理员重新导出" \
            "is no server's key, and nothing was changed: have the administrator write it again," \
            "ingest-server key > server.jwk.json"
}

# What OpenSSL says of one that was cut while it was copied helps nobody.
check_whole() {
    openssl x509 -in "$from/$1" -noout 2> /dev/null ||
        fail "$1 不是证书，或文件不完整，什么都没有改动；请重新复制 is no certificate or not all of one, and nothing was changed:" \
            "copy it again"
}

check_certificates() {
    local issued=$from/${site[DEVICE]}.crt key=$state/tls/device.key authority=$from/ca.crt asked=none
    [ ! -e "$from/ca.crt" ] || check_whole ca.crt
    [ -e "$issued" ] || return 0
    check_whole "${site[DEVICE]}.crt"
    if [ -s "$key" ]; then
        asked=$(openssl pkey -in "$key" -pubout) ||
            fail "$key 读不出，什么都没有改动：删去它再运行，把新的 .csr 交给管理员" \
                "cannot be read, and nothing was changed: delete it, run this again without the certificate, and have the" \
                "new ${site[DEVICE]}.csr signed"
    fi
    [ "$(openssl x509 -in "$issued" -noout -pubkey)" = "$asked" ] ||
        fail "${site[DEVICE]}.crt 不是本机密钥的证书，什么都没有改动：拿掉这个文件再运行，请管理员签发新的 .csr" \
            "is no certificate of this device's key, and nothing was changed: take that file away, run this again, and have" \
            "the new ${site[DEVICE]}.csr signed"
    # The broker knows a device by this name alone, and drops what comes under another without a word.
    [ "$(openssl x509 -in "$issued" -noout -subject -nameopt RFC2253)" = "subject=CN=${site[DEVICE]}" ] ||
        fail "${site[DEVICE]}.crt 的名称不是 CN=${site[DEVICE]}，什么都没有改动；请按 .csr 重新签发" \
            "is not of CN=${site[DEVICE]}, and nothing was changed: have the .csr signed as it stands"
    [ -e "$authority" ] || authority=$state/tls/ca.crt
    [ -e "$authority" ] || fail "缺少 ca.crt，什么都没有改动；请把管理员的 ca.crt 与证书放在一起" \
        "ca.crt is missing, and nothing was changed: put the administrator's beside the certificate"
    # A device's clock may not be set yet, and stands behind then: what it calls over is over.
    openssl verify -no_check_time -CAfile "$authority" "$issued" > /dev/null ||
        fail "${site[DEVICE]}.crt 不是 ca.crt 签发的，什么都没有改动 is not signed by ca.crt, and nothing was changed"
    openssl x509 -in "$issued" -noout -checkend 0 > /dev/null ||
        fail "${site[DEVICE]}.crt 已过期，什么都没有改动；请管理员用 ${site[DEVICE]}.csr 重新签发" \
            "has expired, and nothing was changed: have the administrator sign ${site[DEVICE]}.csr again"
}

identity() {
    local folder=$state/device request=$state/request.json told
    # It says the same again to whoever asks again. A key is an identity: under another name it would sign another device's
    # records into one chain.
    told=$(as_agent "$agent" enrol --folder "$folder" --device "${site[DEVICE]}" --agency "${site[AGENCY]}") ||
        fail "没有身份；或本机已登记为另一台设备 no identity, or this machine is enrolled as another device; see above"
    whole "$request" printf '%s\n' "$told"
    hand_over "$request" "$from/${site[DEVICE]}.request.json"
    if [ -e "$from/server.jwk.json" ]; then
        as_agent "$agent" pin --folder "$folder" - < "$from/server.jwk.json" > /dev/null
    fi
}

# A stick that brings the certificate may be write-protected: nobody is asked for another.
hand_over() {
    if [ ! -w "$from" ] && { cmp -s "$1" "$2" || [ -e "$from/${site[DEVICE]}.crt" ]; }; then return 0; fi
    whole "$2" cat "$1"
}

# Mosquitto reads what is here and owns none of it: no link of its making leads root elsewhere.
certificate() {
    local tls=$state/tls issued=$from/${site[DEVICE]}.crt
    [ -n "$root" ] || { chown root:mosquitto "$tls" && chmod 750 "$tls"; }
    if [ ! -s "$tls/device.key" ]; then
        (umask 077 && openssl ecparam -name prime256v1 -genkey -noout -out "$tls/device.key.new")
        moved "$tls/device.key.new" "$tls/device.key"
    fi
    # Made once: its signature is another each time, and so would be the fingerprint that two people compare.
    [ -s "$tls/device.csr" ] ||
        whole "$tls/device.csr" openssl req -new -key "$tls/device.key" -subj "/CN=${site[DEVICE]}"
    hand_over "$tls/device.csr" "$from/${site[DEVICE]}.csr"
    if [ -e "$from/ca.crt" ]; then whole "$tls/ca.crt" cat "$from/ca.crt"; fi
    if [ -e "$issued" ]; then whole "$tls/device.crt" cat "$issued"; fi
    [ -n "$root" ] || { chown -R root:mosquitto "$tls" && chmod 640 "$tls/device.key"; }
}
