"""Can these printed numbers be true together, and which counts do they allow."""
