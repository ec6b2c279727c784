"""What happens is told as events; who listens makes log lines and notices of them."""
