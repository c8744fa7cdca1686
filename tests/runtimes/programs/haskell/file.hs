main :: IO ()
main = do
  writeFile "scratch.txt" "written and read\n"
  readFile "scratch.txt" >>= putStr
