# shellcheck shell=bash
# Every interactive shell in a lab's host.
[ -n "$PS1" ] && python3 -I /usr/local/lib/socklab/greet.py
# From here on python3 shows its socket calls in the lab's picture, where the lab's compose.yaml says so (LAB_TRACE).
case $PATH in
    /usr/local/lib/socklab/traced:*) ;;
    *) PATH=/usr/local/lib/socklab/traced:$PATH ;;
esac
[ -z "$PS1" ] && return
PS1='\[\e[1;32m\]\h\[\e[0m\]:\w\$ '
alias ls='ls --color=auto' ll='ls -l'
