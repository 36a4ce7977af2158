# What a site says of itself: read out of the folder $from into the table `site`, and judged.

# The lines of site.env, as visit_record/site_lines.py has them. Others would reach the environment of programs that run as
# root and read the file.
names="DEVICE AGENCY BROKER_HOST BROKER_PORT TIME_SERVERS LATITUDE LONGITUDE CAMERA MICROPHONE THERMAL POSITION CONTACT_LINE \
ACCELEROMETER CAREWITNESS_UPDATES_FROM"
declare -A site=()

# Only what is known is read, and nothing of it is executed: the file comes from an ordinary computer, line ends and all.
read_site() {
    # In the locale of a device é would be a letter from A to Z.
    local LC_ALL=C line name value mark=$'\xef\xbb\xbf' utf16=$'^(\xff\xfe|\xfe\xff)'
    look_at_site
    while IFS= read -r line || [ -n "$line" ]; do
        line=${line%$'\r'} line=${line#"$mark"}
        [[ ! $line =~ $utf16 ]] || fail "site.env: 不是 UTF-8，请另存为 UTF-8 is UTF-16; save it as UTF-8"
        if [[ -z $line || $line == \#* ]]; then continue; fi
        name=${line%%=*} value=${line#*=}
        [[ $line == *=* ]] || fail "site.env: '$line' 应为 NAME=value should be NAME=value"
        [[ $name =~ ^[A-Z_]+$ && " $names " == *" $name "* ]] ||
            fail "site.env: 没有 '$name' 这一行 has no line '$name'; 只有 there are: $names"
        [ -z "${site[$name]+given}" ] || fail "site.env: $name 写了两次，请只留一行 stands there twice; leave one line of it"
        # One pattern for all: what is written here ends up in settings of other programs.
        [[ $value =~ ^[A-Za-z0-9._:/\ -]{0,200}$ ]] ||
            fail "site.env: $name 含有不允许的字符，或过长：只能有字母、数字、空格和 . _ : / -，多个值以空格隔开，不超过 200 个字符" \
                "holds a character that is not allowed, or over 200 of them: letters, digits, spaces and . _ : / - alone;" \
                "several values have spaces between them"
        site[$name]=$value
    done < "$from/site.env"
}

look_at_site() {
    local file=$from/site.env
    [ -e "$file" ] || fail "$file 不存在；请放进填好的 site.env is missing; put the filled site.env there"
    [ ! -d "$file" ] || fail "$file 是文件夹，应为文件；请放进填好的 site.env is a folder; put the filled file there"
    cat "$file" > /dev/null 2>&1 || fail "$file 读不出；请重新复制 cannot be read; copy it again"
}

# As visit_record/site_lines.py judges what a code may say: tests give both the same values.
check_site() {
    local LC_ALL=C name id='[A-Za-z0-9][A-Za-z0-9._-]{0,63}' label='[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?'
    local host="$label(\\.$label)*" hex='[0-9A-Fa-f]{1,4}'
    local ip servers=${site[TIME_SERVERS]-} of_chrony=' (server|pool|iburst|prefer) '
    # Eight groups, or fewer about one gap.
    ip="($hex:){7}$hex|($hex:){1,7}:|:(:$hex){1,7}|($hex:){1,6}:$hex|($hex:){1,5}(:$hex){1,2}|($hex:){1,4}(:$hex){1,3}"
    ip+="|($hex:){1,3}(:$hex){1,4}|($hex:){1,2}(:$hex){1,5}|$hex:(:$hex){1,6}"
    local port='([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])'
    local latitude='-?(([0-9]|[1-8][0-9])(\.[0-9]+)?|90(\.0+)?)'
    local longitude='-?(([0-9]|[1-9][0-9]|1[0-7][0-9])(\.[0-9]+)?|180(\.0+)?)'
    for name in DEVICE AGENCY BROKER_HOST; do
        [ -n "${site[$name]-}" ] || fail "site.env: $name 未填写 is not filled in"
    done
    [[ ${site[DEVICE]}/${site[AGENCY]} =~ ^$id/$id$ ]] ||
        fail "site.env: DEVICE、AGENCY 应为 1 至 64 个字母、数字和 . _ -，以字母或数字开头" \
            "must be 1 to 64 letters, digits, . _ and -, and begin with a letter or digit"
    [[ ${site[BROKER_HOST]} =~ ^($host|$ip)$ ]] ||
        fail "site.env: BROKER_HOST 应为名称（字母、数字、. _ -）或地址，端口写在 BROKER_PORT must be a name of letters, digits," \
            ". _ and -, or an address; the port belongs in BROKER_PORT"
    [[ ${site[BROKER_PORT]:=8883} =~ ^$port$ ]] ||
        fail "site.env: BROKER_PORT 不是端口，应为 1 至 65535，不以 0 开头 is no port: 1 to 65535, and no 0 before it"
    [[ $servers =~ ^(\ *($host|$ip)(\ +($host|$ip))*\ *)?$ && ! " ${servers,,} " =~ $of_chrony ]] ||
        fail "site.env: TIME_SERVERS 应为主机名（字母、数字、. _ -）或 IP 地址，以空格隔开，不带端口，不写 server、iburst 等词；没有就留空" \
            "must be names of hosts (letters, digits, . _ and -) or IP addresses with spaces between them, without ports" \
            "and words as server or iburst, or be empty: there is none"
    [[ ${site[LATITUDE]-}/${site[LONGITUDE]-} =~ ^(/|$latitude/$longitude)$ ]] ||
        fail "site.env: LATITUDE、LONGITUDE 应为十进制度（不超过 90、180） must both be decimal degrees, up to 90 and 180, or" \
            "both be empty"
    [[ ${site[CAREWITNESS_UPDATES_FROM]-} =~ ^(https://$host(:$port)?(/[A-Za-z0-9._:/-]*)?)?$ ]] ||
        fail "site.env: CAREWITNESS_UPDATES_FROM 应为 https://主机名/文件夹 这样的地址，http 不行；用 U 盘更新就留空 must be an address as" \
            "https://host/folder, never http, or be empty: updates come on a stick then"
    check_fitted
}

# A file without these lines is of a device with the whole kit; an empty value says that there is no such part.
check_fitted() {
    one_of "${site[CAMERA]=usb}" CAMERA usb ribbon
    one_of "${site[MICROPHONE]=usb}" MICROPHONE usb
    one_of "${site[THERMAL]=mlx90640}" THERMAL mlx90640 amg8833
    one_of "${site[POSITION]=gps}" POSITION gps
    [[ ${site[CONTACT_LINE]-} =~ ^[0-9]{0,2}$ ]] ||
        fail "site.env: CONTACT_LINE 应为 GPIO 编号 must be the number of a GPIO line, or be empty"
    [[ ${site[ACCELEROMETER]-} =~ ^[A-Za-z0-9_-]*$ ]] ||
        fail "site.env: ACCELEROMETER 不是名称 is no name under /sys/bus/iio/devices"
    [ -n "${site[CAMERA]}${site[MICROPHONE]}${site[THERMAL]}${site[POSITION]}" ] ||
        fail "site.env: 没有装任何传感器，请填写 CAMERA、MICROPHONE、THERMAL 或 POSITION" \
            "nothing is fitted: name a CAMERA, MICROPHONE, THERMAL or POSITION"
}

# one_of VALUE NAME CHOICE…: empty is one, too.
one_of() {
    local value=$1 name=$2 choice
    shift 2
    for choice in '' "$@"; do
        if [ "$value" = "$choice" ]; then return 0; fi
    done
    fail "site.env: $name 应为 must be: $*"
}
