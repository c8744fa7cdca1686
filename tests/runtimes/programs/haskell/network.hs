-- GHC brings no library for sockets; the C library's calls need none.
import Foreign
import Foreign.C

foreign import ccall "socket" cSocket :: CInt -> CInt -> CInt -> IO CInt

foreign import ccall "connect" cConnect :: CInt -> Ptr Word8 -> CInt -> IO CInt

-- The family AF_INET in the machine's order, port 80 and the address in the network's.
address :: [Word8]
address = [2, 0, 0, 80, 192, 0, 2, 1] ++ replicate 8 0

main :: IO ()
main = do
  descriptor <- cSocket 2 1 0
  status <- withArray address (\bytes -> cConnect descriptor bytes 16)
  putStrLn (if status == 0 then "connected" else "no network")
