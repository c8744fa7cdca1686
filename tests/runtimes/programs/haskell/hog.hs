grow :: [Int] -> Int -> IO ()
grow kept n
  | n < 0 = print (sum kept)
  | otherwise = n `seq` grow (n : kept) (n + 1)

main :: IO ()
main = grow [] 0
