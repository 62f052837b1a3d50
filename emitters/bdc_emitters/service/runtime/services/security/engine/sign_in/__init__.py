"""Sign-in with a password. Not about your system: this code is the same in every output that has it, and each build writes it again.

Read: `sessions`, `signing_keys`, `passwords`, `throttle`. How long tokens are good for is in `services.security.sign_in`.
"""
