import Control.Concurrent

main :: IO ()
main = do
  results <- newEmptyMVar
  mapM_ (\i -> forkIO (putMVar results $! i * i)) [1 .. 10 :: Int]
  squares <- mapM (const (takeMVar results)) [1 .. 10 :: Int]
  print (sum squares)
