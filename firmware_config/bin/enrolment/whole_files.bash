# What is written takes its place whole or not at all.

# whole FILE COMMAND…: what the command writes takes the file's place in one step, and is on the disk when this returns. Of
# one that fails, or writes nothing, nothing is taken: what is made once would stay empty for good.
whole() {
    local file=$1 status
    shift
    rm -f "$file.new"
    # Bash lets a function run on after a failure wherever somebody asks how it ended by `||`.
    set +e
    # A link that somebody else put there meanwhile is not followed.
    (set -eC && "$@" > "$file.new")
    status=$?
    set -e
    if [ "$status" != 0 ] || [ ! -s "$file.new" ]; then
        rm -f "$file.new"
        fail "$file 没有写成，原来的仍在 could not be made; what was there stays"
    fi
    moved "$file.new" "$file"
}

moved() {
    sync "$1"
    mv -f "$1" "$2"
    sync "${2%/*}"
}
