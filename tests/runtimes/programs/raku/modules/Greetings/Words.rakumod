unit module Greetings::Words;

sub greeting is export { "from a module" }
