main :: IO ()
main = do
  getContents >>= putStr
  putStrLn "größe 漢字 🦀 ж"
