error("nobody catches this")
