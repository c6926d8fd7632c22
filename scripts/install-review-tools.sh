#!/bin/sh
# Installs what the tests of `goleash review` drive: a terminal (tmux) and a browser (chromium). Debian and Ubuntu; to
# be run as root. Without them, those tests are skipped and say so.
set -eu
apt-get update
apt-get install -y --no-install-recommends tmux chromium fonts-dejavu-core
