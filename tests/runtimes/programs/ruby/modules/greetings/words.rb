module Greetings
  def self.greeting = "from a module"
end
