module Main (main) where

import Greeting.Words (greeting)

main :: IO ()
main = putStrLn greeting
