import Control.Monad

main :: IO ()
main = forever (putStrLn "all work and no play makes a dull program")
