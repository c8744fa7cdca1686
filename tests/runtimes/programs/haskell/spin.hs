spin :: Int -> Int
spin n = if n < 0 then n else spin ((n * 3 + 1) `mod` 1000003)

main :: IO ()
main = print (spin 1)
