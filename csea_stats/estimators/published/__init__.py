"""A printed survey: every number of it, estimated for every target."""
