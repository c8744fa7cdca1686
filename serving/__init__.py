"""What the gRPC servers share: TLS, tokens, health, reflection, drain, metrics. Nothing is here yet."""
