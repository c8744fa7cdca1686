module Geometry
  def self.where_from
    "from a module"
  end
end
