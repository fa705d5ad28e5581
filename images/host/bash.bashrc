# shellcheck shell=bash
# Every interactive shell in a lab's host.
[ -z "$PS1" ] && return
PS1='\[\e[1;32m\]\h\[\e[0m\]:\w\$ '
alias ls='ls --color=auto' ll='ls -l'
python3 -I /usr/local/lib/socklab/greet.py
