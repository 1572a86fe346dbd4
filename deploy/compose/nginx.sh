#!/bin/sh
# Starts nginx with the shipped configuration, and reloads it when the list of revoked certificates,
# the authority, the proxy's own certificate or an address of a replica changes.
set -eu
servers() {
    for upstream in $MIGAS_UPSTREAMS; do
        for address in $(getent ahostsv4 "${upstream%:*}" | awk '{ print $1 }' | sort -u); do
            printf 'server %s:%s;' "$address" "${upstream#*:}"
        done
    done
}
write() {
    sed -e "s/server_name migas.example.org;/server_name $MIGAS_FQDN;/" \
        -e "s/server 127.0.0.1:2345;/$(servers)/" /migas/migas.conf >/etc/nginx/conf.d/migas.conf
}
state() {
    servers
    cksum /var/lib/migas/certificates/*.pem /etc/migas/proxy.pem
}
rm -f /etc/nginx/conf.d/default.conf
until [ -e /var/lib/migas/certificates/crl.pem ] && [ -e /etc/migas/proxy.pem ] && [ -n "$(servers)" ]; do
    echo "waiting for the server, and for proxy.pem" && sleep 2
done
write
(
    known=$(state)
    while sleep 20; do
        now=$(state)
        if [ "$now" != "$known" ] && [ -n "$(servers)" ]; then
            known=$now
            write && nginx -t -q && nginx -s reload
        fi
    done
) &
exec nginx -g 'daemon off;'
