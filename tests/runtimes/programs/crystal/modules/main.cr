require "./geometry/places"

puts Geometry.where_from
