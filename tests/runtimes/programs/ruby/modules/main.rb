require_relative "greetings/words"

puts Greetings.greeting
