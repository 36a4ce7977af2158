# What the table `site` becomes: settings of the agent, the broker and the clock, on standard output. $lib holds what is the same
# for all devices.

# TOML wants a point in a number that is no integer.
decimal() {
    if [[ $1 == *.* ]]; then printf '%s' "$1"; else printf '%s.0' "$1"; fi
}

agent_settings() {
    cat "$lib/settings.toml"
    if [ -n "${site[LATITUDE]-}" ]; then
        printf '\n[site]\nlatitude_deg = %s\n' "$(decimal "${site[LATITUDE]}")"
        printf 'longitude_deg = %s\n' "$(decimal "${site[LONGITUDE]}")"
    fi
    sensor_settings
}

# The names are those that udev rules and asound.conf give.
sensor_settings() {
    case ${site[CAMERA]} in
        usb) printf '\n[camera]\nsource = "/dev/carewitness/camera"\n' ;;
        ribbon) printf '\n[camera]\nsource = "picamera2"\n' ;;
    esac
    [ -z "${site[MICROPHONE]}" ] || printf '\n[microphone]\ndevice = "carewitness"\n'
    [ -z "${site[THERMAL]}" ] || printf '\n[thermal]\nchip = "%s"\n' "${site[THERMAL]}"
    [ -z "${site[POSITION]}" ] || printf '\n# Through gpsd on this device.\n[position]\n'
    [ -z "${site[CONTACT_LINE]-}${site[ACCELEROMETER]-}" ] || printf '\n[tamper]\n'
    [ -z "${site[CONTACT_LINE]-}" ] || printf 'line = %d\n' "$((10#${site[CONTACT_LINE]}))"
    [ -z "${site[ACCELEROMETER]-}" ] || printf 'accelerometer = "%s"\n' "${site[ACCELEROMETER]}"
}

broker_settings() {
    local name
    local -a places=(-e "s|@TLS@|/var/lib/carewitness/tls|g")
    for name in DEVICE AGENCY BROKER_HOST BROKER_PORT; do places+=(-e "s|@$name@|${site[$name]}|g"); done
    sed "${places[@]}" "$lib/bridge.conf"
}

time_sources() {
    local server
    [ -n "${site[TIME_SERVERS]-}" ] || echo "# site.env names no time servers."
    for server in ${site[TIME_SERVERS]-}; do echo "server $server iburst"; done
}

site_settings() {
    local name
    for name in "${!site[@]}"; do printf '%s=%s\n' "$name" "${site[$name]}"; done | sort
}

# settings.toml is made once: whoever changed a line that it alone was made of hears that it stays as it is.
tell_what_stays() {
    local name kept
    [ -r "$state/site.env" ] || return 0
    for name in LATITUDE LONGITUDE CAMERA MICROPHONE THERMAL POSITION CONTACT_LINE ACCELEROMETER; do
        # A line that was not there said what an empty one does.
        kept=$(grep "^$name=" "$state/site.env") || kept=$name=
        [ "$kept" = "$name=${site[$name]-}" ] ||
            echo "carewitness-enrol: $name 变了，但 settings.toml 只写一次：请在其中手工改 has changed, but settings.toml is made" \
                "once: enter it there by hand" >&2
    done
}
