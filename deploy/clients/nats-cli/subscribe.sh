#!/bin/sh
# A subscriber of copydesk with the nats command line and jq.
#
#   export NATS_URL=$(cat .copydesk/nats.url)
#   subscribe.sh live CHANNEL             what comes from now on
#   subscribe.sh replay CHANNEL           what the channel holds, then live
#   subscribe.sh durable CHANNEL NAME     what NAME has not seen yet, acked; ends when there is no more
#
# Prints a line for each change: action, id.revision, headline.
set -eu

usage() {
    sed -n '2,/^$/s/^# \{0,1\}//p' "$0" >&2
    exit 2
}

# Of each article only what is newer than what was seen: a message may come twice, or behind a later one.
changes() {
    jq --unbuffered -r '[.data.enrichment.action, .subject, .data.enrichment.revision, .data.item.title] | @tsv' |
        awk -F '\t' '$3 + 0 > newest[$2] + 0 { newest[$2] = $3; print $1, $2 "." $3, $4; fflush() }'
}

[ $# -ge 2 ] || usage
stream=COPYDESK_CHANNELS
subject="copydesk.channel.$2.*"
case $1 in
live) nats subscribe --raw --new "$subject" | changes ;;
replay) nats subscribe --raw --all "$subject" | changes ;;
durable)
    [ $# -eq 3 ] || usage
    nats consumer info "$stream" "$3" >/dev/null 2>&1 ||
        nats consumer add "$stream" "$3" --pull --filter "$subject" --deliver all --ack explicit --defaults >/dev/null
    # One at a time, acked as it is taken; an application acks what it has stored.
    while nats consumer next "$stream" "$3" --raw --ack --count 1 --timeout 2s 2>/dev/null; do :; done | changes
    ;;
*) usage ;;
esac
