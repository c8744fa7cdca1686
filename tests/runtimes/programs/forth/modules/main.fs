require geometry/places.fs

where-from type cr
