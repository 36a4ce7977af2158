# What is written takes its place whole or not at all.

# whole FILE COMMAND…: what the command writes takes the file's place in one step, and is on the disk when this returns. Of
# one that fails, or writes nothing, nothing is taken: what is made once would stay empty for good.
whole() {
    local file=$1 status said
    shift
    rm -f "$file.new"
    # Bash lets a function run on after a failure wherever somebody asks how it ended by `||`.
    set +e
    # A link that somebody else put there meanwhile is not followed.
    said=$(export LC_ALL=C && set -eC && { "$@" > "$file.new"; } 2>&1)
    status=$?
    set -e
    if [ "$status" != 0 ] || [ ! -s "$file.new" ]; then
        rm -f "$file.new" 2> /dev/null
        fail "$file 没有写成，原来的仍在$(why_not "$said") could not be made; what was there stays${said:+: $said}"
    fi
    [ -z "$said" ] || echo "$said" >&2
    moved "$file.new" "$file"
}

why_not() {
    case $1 in
        *"No space left"*) echo "；已满，请腾出空间或换一个 U 盘" ;;
        *"Read-only file system"*) echo "；写保护，请解除或换一个 U 盘" ;;
    esac
}

moved() {
    sync "$1"
    mv -f "$1" "$2"
    sync "${2%/*}"
}
