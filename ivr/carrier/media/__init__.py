"""Audio on the network: what is heard on each leg, every 20 ms."""
