module Greeting.Words (greeting) where

greeting :: String
greeting = "from a module"
