# shellcheck shell=sh
# How Chatlist is started, in a checkout as in a release: their launchers read this file.

# archive_classes JAVA JAR ARCHIVE
#
# Archives the classes of a service in the JVM's own format (class data sharing), which halves the start time. The
# archive contains the classes that a training run has loaded. That run has its own database and none of the caller's
# settings. Chatlist also works without the archive.
archive_classes() {
    java=$1
    jar=$2
    archive=$3
    scratch=$(mktemp -d) || return
    env -i PATH="$PATH" LC_ALL=C.UTF-8 "$java" -XX:ArchiveClassesAtExit="$archive.new" -Xlog:disable \
        -jar "$jar" serve --port 0 --data-dir "$scratch/data" </dev/null >"$scratch/out" 2>&1 &
    service=$!
    patience=600
    while [ $patience -gt 0 ] && kill -0 "$service" 2>/dev/null && ! grep -q "answers on" "$scratch/out"; do
        sleep 0.1
        patience=$((patience - 1))
    done
    url=$(sed -n 's/^.* answers on //p' "$scratch/out")
    # A request loads more classes.
    ! command -v curl >/dev/null 2>&1 || curl -s -m 5 -o "$scratch/answer" -d '{"page":1,"size":1}' \
        -H 'Content-Type: application/json' -H 'Authorization: Bearer e30.e30.e30' "$url/my_chats" || true
    kill "$service" 2>/dev/null || true
    status=0
    wait "$service" || status=$?
    rm -rf "$scratch"
    # Rename only a complete archive: the JVM fails on half of one.
    [ "$status" = 0 ] && mv "$archive.new" "$archive"
}

# launch JAVA JAR ARCHIVE [ARGUMENT…]
#
# Becomes the JVM that runs the program with these arguments.
launch() {
    java=$1
    jar=$2
    archive=$3
    shift 3

    # In these locales, and in one that isn't installed, Java reads file names and arguments as ASCII.
    case $(locale charmap 2>/dev/null || echo "${LC_ALL:-${LC_CTYPE:-${LANG:-}}}") in
        '' | C | POSIX | ANSI_X3.4-1968 | US-ASCII) export LC_ALL=C.UTF-8 ;;
    esac

    terminal=false
    if [ -t 2 ]; then
        terminal=true
    fi

    command=${1:-}
    set -- -Dchatlist.terminal=$terminal -jar "$jar" "$@"
    case $command in
        # A service that is out of memory must be restarted. Objects that survive one young collection live long, so
        # they go to the old generation at once. A pause goal below the default of 200 ms makes each collection copy
        # less.
        serve | demo)
            flags="-XX:+ExitOnOutOfMemoryError -XX:MaxTenuringThreshold=1 -XX:MaxGCPauseMillis=30"
            if [ -s "$archive" ]; then
                # The JVM ignores the archive of another jar or JVM. Logging is off because it would warn about that.
                flags="$flags -Xshare:auto -Xlog:disable"
                set -- "-XX:SharedArchiveFile=$archive" "$@"
            fi
            ;;
        # The other commands are too short to profit from the optimizing compiler.
        *) flags=-XX:TieredStopAtLevel=1 ;;
    esac

    # shellcheck disable=SC2086 # JAVA_OPTS are words
    exec "$java" $flags ${JAVA_OPTS:-} "$@"
}
