"""What those look at who run it: status, accounts, metrics, readiness."""
