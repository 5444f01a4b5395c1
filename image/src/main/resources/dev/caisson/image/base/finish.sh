# Runs once as root inside the new root file system, by bash, after the packages are installed.
# Nothing here may come from the host.

# --- Shells ------------------------------------------------------------------------------------------------------
# The SDKs run every command through `bash -l -c`. Each process that a start-up file spawns costs 10 ms in a sandbox, so
# these spawn none; what is already in the environment wins.
cat >/etc/profile <<'END'
export PATH="${PATH:-/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}"
export SHELL=/bin/bash
PS1='\w $ '
for script in /etc/profile.d/*.sh; do
  if [ -r "$script" ]; then . "$script"; fi
done
unset script
END
mkdir -p /etc/skel
cat >/etc/skel/.profile <<'END'
# Read by login shells.
if [ -n "${BASH_VERSION:-}" ] && [ -f "$HOME/.bashrc" ]; then . "$HOME/.bashrc"; fi
if [ -d "$HOME/.local/bin" ]; then PATH="$HOME/.local/bin:$PATH"; fi
END
cat >/etc/skel/.bashrc <<'END'
# Read by every interactive shell and, through .profile, by every login shell: lines added here count for SDK commands too.
PS1='\w $ '
case $- in
  *i*)
    HISTSIZE=1000
    HISTCONTROL=ignoreboth
    shopt -s checkwinsize histappend
    alias ls='ls --color=auto'
    alias ll='ls -l'
    alias grep='grep --color=auto'
    ;;
esac
END
rm -f /etc/skel/.bash_logout /root/.bash_logout
cp /etc/skel/.profile /etc/skel/.bashrc /root/

# --- Users -------------------------------------------------------------------------------------------------------
useradd --create-home --uid 1000 --user-group --groups sudo --shell /bin/bash user
passwd --delete user >/dev/null
passwd --delete root >/dev/null
echo 'user ALL=(ALL:ALL) NOPASSWD: ALL' >/etc/sudoers.d/user
chmod 0440 /etc/sudoers.d/user

# --- Names -------------------------------------------------------------------------------------------------------
# Without the second line, sudo waits for the name server to time out.
cat >/etc/hosts <<'END'
127.0.0.1 localhost
127.0.1.1 e2b.local e2b
::1 localhost ip6-localhost ip6-loopback
END
echo e2b.local >/etc/hostname
rm -f /etc/resolv.conf
echo 'nameserver 169.254.0.22' >/etc/resolv.conf

# --- Packages ----------------------------------------------------------------------------------------------------
cat >/etc/apt/sources.list <<'END'
deb http://deb.debian.org/debian bookworm main
deb http://deb.debian.org/debian bookworm-updates main
deb http://deb.debian.org/debian-security bookworm-security main
END
rm -rf /etc/apt/sources.list.d/* /etc/apt/apt.conf.d/*mmdebstrap /etc/dpkg/dpkg.cfg.d/*mmdebstrap
echo 'Acquire::Languages "none";' >/etc/apt/apt.conf.d/90sandbox
# A sandbox lives shortly: installing need not flush each file.
echo force-unsafe-io >/etc/dpkg/dpkg.cfg.d/sandbox
# Nothing supervises services here, so installing one must not try to start it.
printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
chmod 0755 /usr/sbin/policy-rc.d
# `pip install` works as people expect: this system belongs to the code that runs in it.
rm -f /usr/lib/python3*/EXTERNALLY-MANAGED

# --- Places ------------------------------------------------------------------------------------------------------
mkdir -p /code
chmod 0777 /code
find /usr/local -type d -exec chmod 0777 {} +

# --- What making left behind -------------------------------------------------------------------------------------
apt-get clean
rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache /var/lib/dpkg/*-old
rm -rf /usr/share/lintian /usr/share/linda /usr/share/doc-base /usr/share/bug
find /var/log -type f -delete
find /tmp /var/tmp /dev /run -mindepth 1 -delete
rm -f /etc/passwd- /etc/group- /etc/shadow- /etc/gshadow- /etc/subuid- /etc/subgid- /etc/.pwd.lock
: >/etc/machine-id
