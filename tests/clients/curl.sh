#!/usr/bin/env bash
# curl as people call it.
set -euo pipefail
url="$1"
query='PREFIX cg: <https://w3id.org/civigraph/ns#> SELECT (COUNT(*) AS ?n) { ?city a cg:City }'
expected="$(printf 'n\r\n7\r\n')"
get() { curl --silent --show-error --fail "$@"; }
same() {
    [ "$1" = "$expected" ] || { echo "$2: $1"; exit 1; }
}
same "$(get --get --data-urlencode "query=$query" -H 'Accept: text/csv' "$url/sparql")" 'GET'
same "$(get --data-urlencode "query=$query" -H 'Accept: text/csv' "$url/sparql")" 'POST of a form'
same "$(get --data "$query" -H 'Content-Type: application/sparql-query' -H 'Accept: text/csv' "$url/sparql")" 'POST'
same "$(get --compressed --get --data-urlencode "query=$query" --data 'format=csv' "$url/sparql")" 'compressed'
get "$url/graphs?default" | grep -c '^@prefix' > /dev/null || { echo 'no Turtle'; exit 1; }
get --head "$url/graphs?default" | grep -ci '^content-type: text/turtle' > /dev/null || { echo 'no head'; exit 1; }
status="$(curl --silent --output /dev/null --write-out '%{http_code}' --data 'update=DROP ALL' "$url/sparql")"
[ "$status" = 403 ] || { echo "update: $status"; exit 1; }
# An answer that is cut is an error of the transfer.
cross='SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }'
if get --output /dev/null --data-urlencode "query=$cross" --data 'timeout=2' -H 'Accept: text/csv' "$url/sparql" \
    2> /dev/null; then
    echo 'a cut answer looked whole'
    exit 1
fi
