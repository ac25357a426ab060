import CSELinux
