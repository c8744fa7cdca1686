n = Atomic(UInt32).new(0)
loop { n.add(1) }
