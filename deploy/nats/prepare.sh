#!/bin/sh
# prepare.sh DIR HOST…   makes in DIR what nats.conf beside it needs, for a server reached by these names or addresses:
#   ca.pem ca.key            a certificate authority of its own (keep ca.key elsewhere afterwards)
#   server.pem server.key    the server's
#   desk.pem desk.key        a client's: copydesk and its subscribers
#   users.conf system.conf   the users `desk` and `system`, with new passwords
#   desk.url                 address with credentials, one line, for NATS_URL
# What is there already is kept. Certificates last 825 days: remove all .pem and .key files and run it again.
set -eu
umask 077

[ $# -ge 2 ] || { sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2; }
command -v openssl >/dev/null || { echo "prepare.sh needs openssl" >&2; exit 1; }
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
mkdir -p "$1"
cd "$1"
shift
first=$1

names=
for host; do
    case $host in
        *[!0-9.]*) names="$names${names:+,}DNS:$host" ;;
        *) names="$names${names:+,}IP:$host" ;;
    esac
done

new_key() { openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>/dev/null ||
    openssl ecparam -genkey -name prime256v1 -noout -out "$1"; }

if [ ! -e ca.pem ]; then
    new_key ca.key
    openssl req -x509 -new -key ca.key -sha256 -days 3650 -subj "/CN=copydesk authority" \
        -addext "basicConstraints=critical,CA:TRUE,pathlen:0" -addext "keyUsage=critical,keyCertSign,cRLSign" -out ca.pem
fi

# issue NAME EXTENSIONS: a certificate of the authority
issue() {
    [ ! -e "$1.pem" ] || return 0
    new_key "$1.key"
    printf '%s\n' "basicConstraints=critical,CA:FALSE" "keyUsage=critical,digitalSignature" "$2" >"$1.ext"
    openssl req -new -key "$1.key" -subj "/CN=copydesk $1" -out "$1.csr"
    openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -sha256 -days 825 -extfile "$1.ext" -out "$1.pem" 2>/dev/null
    rm -f "$1.csr" "$1.ext"
}
issue server "extendedKeyUsage=serverAuth
subjectAltName=$names"
issue desk "extendedKeyUsage=clientAuth"

if [ ! -e users.conf ]; then
    password=$(openssl rand -hex 16)
    # One user a line: the form `copydesk channel grant` reads and writes.
    printf 'users: [\n{"user": "desk", "password": "%s"}\n]\n' "$password" >users.conf
    printf 'tls://desk:%s@%s:4222\n' "$password" "$first" >desk.url
fi
[ -e system.conf ] || printf 'users: [ { user: system, password: "%s" } ]\n' "$(openssl rand -hex 16)" >system.conf
[ -e nats.conf ] || cp "$here/nats.conf" nats.conf
echo "ready: cd $(pwd) && nats-server -c nats.conf" >&2
