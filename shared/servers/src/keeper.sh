# Keeps one server for the process that holds the other end of standard input.
# Arguments: the signal that stops the server, the seconds it may take, the throwaway folder or
# nothing, then the server's program and its arguments.
# Says on standard output the server's process id, later "ended" and the status it ended with.
# It must never outlive the pipe by more than those seconds.
stop_signal=$1 patience_s=$2 throwaway=$3
shift 3

# Background jobs get no standard input, so the pipe moves to a number of its own.
exec 3<&0 </dev/null
"$@" 3<&- >&2 &
server=$!
# The system hangs up on a group that loses its parent while a member is frozen, a service manager
# terminates everybody at once, and nobody may be left to hear what is said: none of this may end the
# keeper before the server.
trap '' HUP INT TERM PIPE
echo "$server"

(
    exec >&2
    # Returns when the pipe closes, whatever closed it.
    read -r ignored <&3
    sleep "$patience_s" 3<&- &
    nap=$!
    trap 'kill -s KILL "$nap"; wait "$nap"; exit' USR1
    kill -s "$stop_signal" "$server"
    # A frozen server wakes up to stop.
    kill -s CONT "$server"
    wait "$nap" && kill -s KILL "$server"
) 2>/dev/null &
watcher=$!

wait "$server" 2>/dev/null
status=$?
kill -s USR1 "$watcher" 2>/dev/null
wait "$watcher" 2>/dev/null
echo "ended $status" 2>/dev/null
exec >&2

# The mark is taken away while a server is to be started again on the same folder.
if [ -n "$throwaway" ]; then
    read -r ignored <&3
    if [ -e "$throwaway/throwaway" ]; then
        rm -rf -- "$throwaway" || { sleep 1; rm -rf -- "$throwaway"; }
    fi
fi
exit "$status"
