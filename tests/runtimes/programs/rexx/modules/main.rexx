parse source . . path
name = left(path, lastpos('/', path)) || 'geometry/places.rexx'
interpret "say '" || name || "'()"
