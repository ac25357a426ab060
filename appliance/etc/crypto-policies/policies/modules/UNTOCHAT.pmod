# To be used on top of FUTURE: update-crypto-policies --set FUTURE:UNTOCHAT
# Fedora's mirrors have certificates with RSA keys of 2048 bits, which FUTURE refuses. dnf needs them; sshd for chat users
# and ngircdus do not look at these policies.
min_rsa_size = 2048
