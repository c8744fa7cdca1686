import qualified Data.ByteString.Char8 as B
import Data.List (unfoldr)

main :: IO ()
main = do
  input <- B.getContents
  print (sum (unfoldr (B.readInt . B.dropWhile (`elem` " \r\n")) input))
