#!/bin/sh
# Runs one script per host, all hosts at once, over plain OpenSSH: everywhere.sh CONFIG FOLDER
#
# FOLDER/HOST.sh goes to HOST's `sh -s`; what it prints comes back as FOLDER/HOST.out.
set -eu
cd "$2"
# shellcheck disable=SC2016 # the inner shell expands them
printf '%s\n' *.sh | sed 's/\.sh$//' |
    xargs -P 64 -I HOST sh -c 'exec ssh -F "$0" HOST sh -s <HOST.sh >HOST.out 2>HOST.err' "$1"
