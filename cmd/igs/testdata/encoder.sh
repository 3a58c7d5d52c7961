#!/bin/sh
for last; do :; done
case $last in -encoders) ;; *) cat >/dev/null && echo moov >"$last" ;; esac
